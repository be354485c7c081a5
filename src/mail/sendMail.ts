import { setTimeout as delay } from 'node:timers/promises'
import { beginMail, dropMail, finishMail, saveMailError, releaseCause } from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Database, Queryable } from '../db/database.ts'
import { redactError } from '../jobs/redactError.ts'
import type { Log } from '../jobs/log.ts'
import type { Task, TaskHelpers } from '../jobs/worker.ts'
import { composeMail } from './composeMail.ts'
import { DeliveryTimes } from './deliveryTimes.ts'
import { isPermanent, PermanentFailure } from './failure.ts'
import { lockRecipient } from './lockRecipient.ts'
import type { OutgoingMail } from './message.ts'
import { isOverLimit, strangersCanCause, type RecipientLimits } from './recipientLimit.ts'
import type { Transport } from './transport.ts'

type MailConfig = Pick<Config, 'baseUrl'> & RecipientLimits

export type SendMailServices = {
  db: Database
  transport: Pick<Transport, 'send'>
  config: MailConfig
  log?: Log
  times?: DeliveryTimes
}

// A server that answers one byte at a time meets no socket time-out.
const maxSending = 60_000

/**
 * The worker's task: choose and mint in one short transaction, send outside of any, note the outcome. At least once:
 * whoever dies before noting sends again, under the same Message-ID. A rejection makes graphile-worker try again.
 * A mail that any client can cause takes the worker the same time whether it is sent, refused or dropped (security 96).
 */
export function createSendMail(services: SendMailServices): Task {
  const { db, config, times = new DeliveryTimes() } = services
  return async function sendMail(payload, helpers) {
    const id = readId(payload)
    const began = performance.now()
    const work = await db.transaction((transaction) => prepare(transaction, id, config))
    try {
      if (work?.mail && (await deliver(services, work.mail, helpers))) times.add(performance.now() - began)
    } finally {
      if (work && strangersCanCause(work.kind)) await waitUntil(began + times.usual, helpers.abortSignal)
    }
    await db.query(releaseCause({ id }))
  }
}

/**
 * @returns whether the mail was sent; false when no further attempt would deliver it
 * @throws Error when it is worth another attempt
 */
async function deliver(
  { db, transport, log }: SendMailServices,
  mail: OutgoingMail,
  { job, abortSignal }: TaskHelpers,
): Promise<boolean> {
  const { id, name } = mail
  try {
    await transport.send(mail, AbortSignal.any([abortSignal, AbortSignal.timeout(maxSending)]))
  } catch (error) {
    const reason = redactError(error)
    const last = isPermanent(error) || job.attempts >= job.max_attempts
    // What the operator has to change is an error; a mailbox that is full is not.
    const level = error instanceof PermanentFailure ? 'error' : 'warn'
    log?.[level]({ mail: id, reason, attempt: job.attempts }, last ? 'mail failed' : 'mail not sent yet')
    if (!last) throw await noted(db, id, reason)
    await db.query(finishMail({ id, status: 'failed', lastError: reason }))
    return false
  }
  await db.query(finishMail({ id, status: 'sent', lastError: null }))
  log?.info({ mail: id, name }, 'mail sent')
  return true
}

/** @returns the kind of a queued mail, and the mail unless it is dropped; undefined when it is not queued any more */
async function prepare(
  db: Queryable,
  id: string,
  config: MailConfig,
): Promise<{ kind: string; mail?: OutgoingMail } | undefined> {
  const { baseUrl } = config
  await lockRecipient(db, id)
  const row = await db.maybeOne(beginMail({ id }))
  if (!row) return undefined
  const { kind } = row
  // The first attempt decides: what has been sent perhaps may be sent again.
  const over = row.attempts === 1 && (await isOverLimit(db, row, config))
  const chosen = over ? undefined : await composeMail(db, row, baseUrl)
  if (chosen) return { kind, mail: { ...chosen, id, messageId: `<${id}@${new URL(baseUrl).hostname}>` } }
  await db.query(dropMail({ id, reason: over ? 'the recipient has had as many mails as LIMIT_MAILS_* allows' : null }))
  return { kind }
}

/** Returns at a moment of performance.now(), or when the worker stops. */
async function waitUntil(moment: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, moment - performance.now()), undefined, { signal }).catch(() => undefined)
}

/** The error to fail the job with, after the row says why, where that is possible. */
async function noted(db: Database, id: string, reason: string): Promise<Error> {
  await db.query(saveMailError({ id, lastError: reason })).catch(() => undefined)
  return new Error(reason)
}

function readId(payload: unknown): string {
  if (typeof payload === 'object' && payload !== null && 'id' in payload && typeof payload.id === 'string') {
    return payload.id
  }
  throw new Error('The payload of a mail’s job is { id }')
}
