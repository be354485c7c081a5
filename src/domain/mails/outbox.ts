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

/** Mails with a code that a person waits for; the others are notices, and come after them. */
const withCode: readonly MailKind[] = ['activation', 'restore', 'invitation', 'confirm_email', 'email_changed']

// The lower the earlier. A cause that has up to 999 mails waiting queues behind the others of the same class.
const priorities = { code: 0, notice: 1000 }

/**
 * Puts a mail into the outbox, as part of the caller's transaction where there is one. The worker decides what it says
 * and mints its code, so that a request does the same work for any address (security 14, 15).
 * @param about the change of address or the session that the mail speaks of
 * @param cause the account or network that the mail queues for: with several in the queue it waits for those of others (security 91)
 */
export async function enqueue(
  db: Queryable,
  kind: MailKind,
  address: string,
  userId: string | null = null,
  about: string | null = null,
  cause: string = userId ?? address,
): Promise<void> {
  const priority = withCode.includes(kind) ? priorities.code : priorities.notice
  await db.one(enqueueMail({ id: uuidv7(), kind, address, userId, about, cause, priority }))
}

/** Puts the notice of an erasure (`account_deleted`) into the outbox of the transaction that erases; it names no user. */
export async function enqueueAccountDeleted(transaction: Queryable, address: string, language: string): Promise<void> {
  await transaction.one(enqueueAccountDeletedMail({ id: uuidv7(), address, language, priority: priorities.notice }))
}
