import { beginMail, dropMail, finishMail, noteMailError } from '../../generated/queries.ts'
import type { Config } from '../config.ts'
import type { Database, Statements } from '../db/database.ts'
import { describeFailure } from '../jobs/describeFailure.ts'
import type { Log } from '../jobs/log.ts'
import type { Task } from '../jobs/worker.ts'
import { chooseMail } from './chooseMail.ts'
import { isPermanent, PermanentFailure } from './failure.ts'
import { lockRecipient } from './lockRecipient.ts'
import type { OutgoingMail } from './message.ts'
import { isOverLimit, type RecipientLimits } from './recipientLimit.ts'
import type { Transport } from './transport.ts'

type MailConfig = Pick<Config, 'baseUrl'> & RecipientLimits

export type SendMailServices = { db: Database; transport: Pick<Transport, 'send'>; config: MailConfig; log?: Log }

// A server that answers one byte at a time meets no socket time-out.
const maxSending = 60_000

/**
 * The worker's task: choose and mint in one short transaction, send outside of any, note the outcome. At least once:
 * whoever dies before noting sends again, under the same Message-ID. A rejection makes graphile-worker try again.
 */
export function createSendMail({ db, transport, config, log }: SendMailServices): Task {
  return async function sendMail(payload, { job, abortSignal }) {
    const id = readId(payload)
    const mail = await db.transaction((transaction) => prepare(transaction, id, config))
    if (!mail) return
    try {
      await transport.send(mail, AbortSignal.any([abortSignal, AbortSignal.timeout(maxSending)]))
    } catch (error) {
      const reason = describeFailure(error)
      const last = isPermanent(error) || job.attempts >= job.max_attempts
      // What the operator has to change is an error; a mailbox that is full is not.
      const level = error instanceof PermanentFailure ? 'error' : 'warn'
      log?.[level]({ mail: id, reason, attempt: job.attempts }, last ? 'mail failed' : 'mail not sent yet')
      if (!last) throw await noted(db, id, reason)
      await db.query(finishMail({ id, status: 'failed', lastError: reason }))
      return
    }
    await db.query(finishMail({ id, status: 'sent', lastError: null }))
    log?.info({ mail: id, name: mail.name }, 'mail sent')
  }
}

/** @returns undefined when there is nothing to send, any more */
async function prepare(db: Statements, id: string, config: MailConfig): Promise<OutgoingMail | undefined> {
  const { baseUrl } = config
  await lockRecipient(db, id)
  const row = await db.maybeOne(beginMail({ id }))
  if (!row) return undefined
  // The first attempt decides: what has been sent perhaps may be sent again.
  const over = row.attempts === 1 && (await isOverLimit(db, row, config))
  const chosen = over ? undefined : await chooseMail(db, row, baseUrl)
  if (chosen) return { ...chosen, id, messageId: `<${id}@${new URL(baseUrl).hostname}>` }
  await db.query(dropMail({ id, reason: over ? 'the recipient has had as many mails as LIMIT_MAILS_* allows' : null }))
  return undefined
}

/** The error to fail the job with, after the row says why, where that is possible. */
async function noted(db: Database, id: string, reason: string): Promise<Error> {
  await db.query(noteMailError({ id, lastError: reason })).catch(() => undefined)
  return new Error(reason)
}

function readId(payload: unknown): string {
  if (typeof payload === 'object' && payload !== null && 'id' in payload && typeof payload.id === 'string') {
    return payload.id
  }
  throw new Error('The payload of send_mail is { id }')
}
