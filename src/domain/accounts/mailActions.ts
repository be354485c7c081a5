import { v7 as uuidv7 } from 'uuid'
import * as queries from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { recordEvent, type SecurityEventType } from '../events/securityEvents.ts'
import type { MailRow } from '../mails/mailList.ts'
import { retry } from '../mails/outbox.ts'
import { requireActor, type Actor } from './superusers.ts'

/** Queues a failed mail again, or makes a queued mail due now. @throws Problem not_found, mail_not_pending */
export function retryMail(db: Database, id: string, actor: Actor): Promise<MailRow> {
  return changeMail(db, id, actor, 'mail_retried', (transaction) => retry(transaction, id))
}

/** Queues every failed mail again, for an operator. @returns the number of these mails */
export function retryFailedMails(db: Database): Promise<number> {
  return db.transaction(async (transaction) => {
    const mailIds = (await retry(transaction, null)).map(({ id }) => id)
    const type: SecurityEventType = 'mail_retried'
    await transaction.query(queries.insertMailEvents({ type, mailIds, eventIds: mailIds.map(() => uuidv7()) }))
    return mailIds.length
  })
}

/** Drops a queued or failed mail. @throws Problem not_found, mail_not_pending */
export function discardMail(db: Database, id: string, actor: Actor): Promise<MailRow> {
  const reason = `discarded by ${actor.actorId === undefined ? 'an operator' : 'a superuser'}`
  return changeMail(db, id, actor, 'mail_discarded', (transaction) =>
    transaction.any(queries.discardMail({ id, reason })),
  )
}

/** Lets an email address get mails again. @returns false if the address was not suppressed */
export function unsuppressAddress(db: Database, address: string, actor: Actor): Promise<boolean> {
  return db.transaction(async (transaction) => {
    await requireActor(transaction, actor)
    if (!(await transaction.maybeOne(queries.unsuppressAddress({ address })))) return false
    const owner = await transaction.maybeOne(queries.findUserIdByAddress({ address }))
    await recordEvent(transaction, 'email_unsuppressed', { userId: owner?.user_id, ...actor })
    return true
  })
}

async function changeMail(
  db: Database,
  id: string,
  actor: Actor,
  type: SecurityEventType,
  change: (transaction: Queryable) => Promise<readonly unknown[]>,
): Promise<MailRow> {
  return db.transaction(async (transaction) => {
    await requireActor(transaction, actor)
    const changed = await change(transaction)
    const mail = await transaction.maybeOne(queries.showMail({ id }))
    if (!mail) throw new Problem('not_found')
    if (changed.length === 0)
      throw new Problem('mail_not_pending', { cause: mail.running ? 'being sent' : mail.status })
    // The mail of a pending registration has the id of a user who may never exist.
    const recipient =
      mail.user_id === null ? null : await transaction.maybeOne(queries.findUser({ userId: mail.user_id }))
    await recordEvent(transaction, type, { userId: recipient?.id, ...actor })
    return mail
  })
}
