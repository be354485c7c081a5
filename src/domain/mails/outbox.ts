import { v7 as uuidv7 } from 'uuid'
import { enqueueAccountDeletedMail, enqueueMail } from '../../../generated/queries.ts'
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

/** Mails with a code, which a user waits for. The others are notices and are sent after them. */
const kindsWithCode: readonly MailKind[] = ['activation', 'restore', 'invitation', 'confirm_email', 'email_changed']

// The worker sends mails with a lower number first. Each waiting mail of the same cause adds 1, up to 999
// (`enqueueMail` in sql/queries/mails.sql).
const priorities = { code: 0, notice: 1000 }

/**
 * Adds a mail to the outbox, within the caller's transaction if there is one. The worker composes the mail and mints
 * its code, so that a request does the same work for any address (security 14, 15).
 * @param subjectId the id of the change of address or of the session that the mail is about
 * @param cause the account or network that caused the mail; its mails do not delay those of other causes (security
 * 91)
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
 * Adds the notice of an erasure (`account_deleted`) to the outbox, within the transaction that erases. It names no
 * user.
 */
export async function enqueueAccountDeleted(transaction: Queryable, address: string, language: string): Promise<void> {
  await transaction.one(enqueueAccountDeletedMail({ id: uuidv7(), address, language, priority: priorities.notice }))
}
