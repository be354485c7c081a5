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

/** Drops a queued or failed mail. @throws Problem not_found, mail_not_pending */
export function discardMail(db: Database, id: string, actor: Actor): Promise<MailRow> {
  return changeMail(db, id, actor, 'mail_discarded', (transaction) =>
    transaction.any(queries.discardMail({ id, reason: 'discarded by a superuser' })),
  )
}

/** Lets an email address get mails again, if it is suppressed. */
export async function unsuppressAddress(db: Database, address: string, actor: Actor): Promise<void> {
  await db.transaction(async (transaction) => {
    await requireActor(transaction, actor)
    if (!(await transaction.maybeOne(queries.unsuppressAddress({ address })))) return
    const owner = await transaction.maybeOne(queries.findUserIdByAddress({ address }))
    await recordEvent(transaction, 'email_unsuppressed', { userId: owner?.user_id, ...actor })
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
