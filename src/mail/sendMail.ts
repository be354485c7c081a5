import { setTimeout as delay } from 'node:timers/promises'
import { validate as isUuid } from 'uuid'
import { failAndSuppress, finishMail, saveMailError } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { redactError } from '../jobs/redactError.ts'
import type { Log } from '../jobs/log.ts'
import type { Task, TaskHelpers } from '../jobs/worker.ts'
import { createWriter, type WriteMail } from './composer.ts'
import { DeliveryTimes } from './deliveryTimes.ts'
import { FailureLog } from './failureLog.ts'
import type { OutgoingMail } from './message.ts'
import { deferToEarlierMails, endAndWakeNext } from './mailOrder.ts'
import { prepareMail, type MailConfig } from './prepareMail.ts'
import { anyClientCanCause } from './recipientLimit.ts'
import { classifyFailure } from './refusal.ts'
import { createRenderer } from './render.ts'
import type { Transport } from './transport.ts'

export type SendMailServices = {
  db: Database
  transport: Pick<Transport, 'send'>
  config: MailConfig
  log?: Log
  deliveryTimes?: Pick<DeliveryTimes, 'add' | 'usual'> | undefined
  /** Receives the result of each delivery that is not repeated. */
  onResult?: ((result: 'sent' | 'failed') => void) | undefined
}

type Delivery = SendMailServices & { failures: FailureLog; write: WriteMail }

// The longest duration of an attempt to send a mail, in milliseconds. A server that sends one byte at a time never
// causes a socket time-out, so the attempt needs a separate limit.
const sendTimeout = 60_000

const maxDiagnostic = 500

/**
 * Creates the task that delivers a mail. The task composes the mail and mints its code in one short transaction,
 * sends the mail outside of transactions, and records the result. Delivery is at least once: when the process dies
 * before the result is recorded, the next attempt sends the mail again with the same Message-ID. When the task
 * rejects, graphile-worker tries again. When any client can cause a mail, the worker spends the same time on the mail
 * whether the mail is sent, refused or dropped (security 96).
 */
export function createSendMail(services: SendMailServices): Task {
  const { db, log, deliveryTimes = new DeliveryTimes() } = services
  const write = createWriter(createRenderer(services.config))
  const delivery = { ...services, failures: new FailureLog(log), write }
  return async function sendMail(payload, helpers) {
    const id = readId(payload)
    // No attempt can succeed, so the job ends.
    if (id === undefined) return log?.error({}, 'a job names no mail')
    const began = performance.now()
    const prepared = await prepare(delivery, id, helpers)
    if (prepared === 'deferred') return
    try {
      if (prepared?.dropped) log?.info({ mail: id, kind: prepared.kind, reason: prepared.dropped }, 'mail dropped')
      if (prepared?.mail && (await deliver(delivery, prepared.mail, helpers)))
        deliveryTimes.add(performance.now() - began)
    } finally {
      if (prepared && anyClientCanCause(prepared.kind))
        await waitUntil(began + deliveryTimes.usual, helpers.abortSignal)
    }
    await endAndWakeNext(db, id)
  }
}

/**
 * Prepares a mail.
 * @returns 'deferred' when earlier mails to the same email address go first; undefined when the mail is not to be sent
 * @throws Error when another attempt may succeed
 */
async function prepare(delivery: Delivery, id: string, helpers: TaskHelpers) {
  const { db, config, write } = delivery
  try {
    if (await deferToEarlierMails(db, id)) return 'deferred'
    return await db.transaction((transaction) => prepareMail(transaction, id, config, write))
  } catch (error) {
    await fail(delivery, { id }, error, helpers)
    return undefined
  }
}

/**
 * Sends a mail.
 * @returns true when the mail was sent, false when no further attempt can deliver the mail
 * @throws Error when another attempt may deliver the mail
 */
async function deliver(delivery: Delivery, mail: OutgoingMail, helpers: TaskHelpers): Promise<boolean> {
  const { db, transport, log, onResult } = delivery
  const { id, name } = mail
  try {
    await transport.send(mail, AbortSignal.any([helpers.abortSignal, AbortSignal.timeout(sendTimeout)]))
  } catch (error) {
    await fail(delivery, mail, error, helpers)
    return false
  }
  await db.query(finishMail({ id, status: 'sent', lastError: null }))
  onResult?.('sent')
  log?.info({ mail: id, name }, 'mail sent')
  return true
}

/**
 * Logs and records a failed attempt. The mail fails if no attempt can deliver it, or if this attempt was the last.
 * @throws Error, with which the job fails, when another attempt may succeed
 */
async function fail(
  { db, failures, onResult }: Delivery,
  { id, name }: { id: string; name?: string },
  error: unknown,
  { job }: TaskHelpers,
): Promise<void> {
  const reason = redactError(error)
  const failure = classifyFailure(error)
  const isLast = failure.kind === 'mail' || job.attempts >= job.max_attempts
  failures.add(failure, isLast, { mail: id, ...(name && { name }), reason, attempt: job.attempts })
  if (isLast) {
    await db.transaction(async (transaction) => {
      await transaction.query(finishMail({ id, status: 'failed', lastError: reason }))
      if (failure.kind !== 'mail' || failure.missingMailbox === undefined) return
      const diagnostic = reason.slice(0, maxDiagnostic)
      await transaction.query(failAndSuppress({ id, source: 'smtp', reason: failure.missingMailbox, diagnostic }))
    })
    onResult?.('failed')
  } else {
    // The database may be the cause of the failure.
    await db.query(saveMailError({ id, lastError: reason })).catch(() => undefined)
    throw new Error(reason)
  }
}

/** Waits until performance.now() reaches `moment`, or until the worker stops. */
async function waitUntil(moment: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, moment - performance.now()), undefined, { signal }).catch(() => undefined)
}

function readId(payload: unknown): string | undefined {
  const { id } = Object(payload) as { id?: unknown }
  return isUuid(id) ? (id as string) : undefined
}
