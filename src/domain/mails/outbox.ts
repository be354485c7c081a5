import { v7 as uuidv7 } from 'uuid'
import { enqueueAccountDeletedMail, enqueueMail, retryMails, type RetryMailsRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'

export type MailKind =
  | 'activation'
  | 'restore'
  | 'password_changed'
  | 'invitation'
  | 'confirm_email'
  | 'email_changed'
  | 'email_change_undone'
  | 'new_device'
  | 'new_devices'

/** Mails with a code, for which a user waits. The other mails are notices, and the worker sends them later. */
const kindsWithCode: readonly MailKind[] = ['activation', 'restore', 'invitation', 'confirm_email', 'email_changed']

// The worker sends mails with a lower priority number first. Each waiting mail of the same cause adds 1 to the
// number, up to 999 (`enqueueMail` in sql/queries/mails.sql).
const priorities = { code: 0, notice: 1000 }

/**
 * Adds a mail to the outbox, within the caller's transaction if there is one. The worker composes the mail and mints
 * its code, so that a request does the same work for any email address (security 14, 15).
 * @param subjectId the id of the email change or session to which the mail refers
 * @param cause the account or network that caused the mail; many mails of one cause do not delay the mails of other
 * causes (security 91)
 */
export async function enqueue(
  db: Queryable,
  kind: MailKind,
  address: string,
  userId: string | null = null,
  subjectId: string | null = null,
  cause: string = userId ?? address,
): Promise<void> {
  const priority = kindsWithCode.includes(kind) ? priorities.code : priorities.notice
  await db.one(enqueueMail({ id: uuidv7(), kind, address, userId, about: subjectId, cause, priority }))
}

/**
 * Adds the notice of an erasure (`account_deleted`) to the outbox, within the transaction that erases the user. The
 * row of the mail names no user.
 */
export async function enqueueAccountDeleted(transaction: Queryable, address: string, language: string): Promise<void> {
  await transaction.one(enqueueAccountDeletedMail({ id: uuidv7(), address, language, priority: priorities.notice }))
}

/**
 * Queues failed mails again, in one transaction.
 * @param id only this mail, which may also be queued, and is then sent now; null for every failed mail
 */
export function retry(db: Queryable, id: string | null): Promise<readonly RetryMailsRow[]> {
  const { code: codePriority, notice: noticePriority } = priorities
  return db.any(retryMails({ id, kindsWithCode: [...kindsWithCode], codePriority, noticePriority }))
}
