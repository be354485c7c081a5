import { setTimeout as delay } from 'node:timers/promises'
import { beginMail, dropMail, finishMail, saveMailError, releaseCause } from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Database, Queryable } from '../db/database.ts'
import { redactError } from '../jobs/redactError.ts'
import type { Log } from '../jobs/log.ts'
import type { Task, TaskHelpers } from '../jobs/worker.ts'
import { composeMail } from './composeMail.ts'
import { DeliveryTimes } from './deliveryTimes.ts'
import { isPermanent, PermanentFailure } from './permanentFailure.ts'
import { lockMailUsers } from './lockMailUsers.ts'
import type { OutgoingMail } from './message.ts'
import { exceedsRecipientLimit, anyClientCanCause, type RecipientLimits } from './recipientLimit.ts'
import type { Transport } from './transport.ts'

const limitReason = 'the recipient has had as many mails as LIMIT_MAILS_* allows'

type MailConfig = Pick<Config, 'baseUrl'> & RecipientLimits

export type SendMailServices = {
  db: Database
  transport: Pick<Transport, 'send'>
  config: MailConfig
  log?: Log
  deliveryTimes?: DeliveryTimes
}

// The longest duration of an attempt to send a mail, in milliseconds. A server that sends one byte at a time never
// causes a socket time-out, so the attempt needs a limit of its own.
const sendTimeout = 60_000

/**
 * Creates the task that delivers a mail. The task composes the mail and mints its code in one short transaction,
 * sends the mail outside of transactions, and records the result. Delivery is at least once: when the process dies
 * before the result is recorded, the next attempt sends the mail again with the same Message-ID. When the task
 * rejects, graphile-worker tries again. When any client can cause a mail, the worker spends the same time on the mail
 * whether the mail is sent, refused or dropped (security 96).
 */
export function createSendMail(services: SendMailServices): Task {
  const { db, config, deliveryTimes = new DeliveryTimes() } = services
  return async function sendMail(payload, helpers) {
    const id = readId(payload)
    const began = performance.now()
    const prepared = await db.transaction((transaction) => prepare(transaction, id, config))
    try {
      if (prepared?.mail && (await deliver(services, prepared.mail, helpers)))
        deliveryTimes.add(performance.now() - began)
    } finally {
      if (prepared && anyClientCanCause(prepared.kind))
        await waitUntil(began + deliveryTimes.usual, helpers.abortSignal)
    }
    await db.query(releaseCause({ id }))
  }
}

/**
 * Sends a mail.
 * @returns true when the mail was sent, false when no further attempt can deliver the mail
 * @throws Error when another attempt may deliver the mail
 */
async function deliver(
  { db, transport, log }: SendMailServices,
  mail: OutgoingMail,
  { job, abortSignal }: TaskHelpers,
): Promise<boolean> {
  const { id, name } = mail
  try {
    await transport.send(mail, AbortSignal.any([abortSignal, AbortSignal.timeout(sendTimeout)]))
  } catch (error) {
    const reason = redactError(error)
    const last = isPermanent(error) || job.attempts >= job.max_attempts
    // The level is `error` when the operator has to change something, and `warn` for example when a mailbox is full.
    const level = error instanceof PermanentFailure ? 'error' : 'warn'
    log?.[level]({ mail: id, reason, attempt: job.attempts }, last ? 'mail failed' : 'mail not sent yet')
    if (!last) throw await recordFailure(db, id, reason)
    await db.query(finishMail({ id, status: 'failed', lastError: reason }))
    return false
  }
  await db.query(finishMail({ id, status: 'sent', lastError: null }))
  log?.info({ mail: id, name }, 'mail sent')
  return true
}

/**
 * Composes a queued mail, or drops it.
 * @returns the kind of the mail, and the composed mail unless it was dropped; undefined when the mail is no longer
 * queued
 */
async function prepare(
  db: Queryable,
  id: string,
  config: MailConfig,
): Promise<{ kind: string; mail?: OutgoingMail } | undefined> {
  const { baseUrl } = config
  await lockMailUsers(db, id)
  const row = await db.maybeOne(beginMail({ id }))
  if (!row) return undefined
  const { kind } = row
  // The limit applies to the first attempt only, because an earlier attempt may have sent the mail and was counted
  // then.
  const isOverLimit = row.attempts === 1 && (await exceedsRecipientLimit(db, row, config))
  const composed = isOverLimit ? undefined : await composeMail(db, row, baseUrl)
  if (composed) return { kind, mail: { ...composed, id, messageId: `<${id}@${new URL(baseUrl).hostname}>` } }
  await db.query(dropMail({ id, reason: isOverLimit ? limitReason : null }))
  return { kind }
}

/** Waits until performance.now() reaches `moment`, or until the worker stops. */
async function waitUntil(moment: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, moment - performance.now()), undefined, { signal }).catch(() => undefined)
}

/**
 * Records the reason of a failure in the mail's row, if the database answers.
 * @returns the error with which the job fails
 */
async function recordFailure(db: Database, id: string, reason: string): Promise<Error> {
  await db.query(saveMailError({ id, lastError: reason })).catch(() => undefined)
  return new Error(reason)
}

function readId(payload: unknown): string {
  if (typeof payload === 'object' && payload !== null && 'id' in payload && typeof payload.id === 'string') {
    return payload.id
  }
  throw new Error('The payload of a mail’s job is { id }')
}
