import { v7 as uuidv7 } from 'uuid'
import { enqueueMail } from '../../generated/queries.ts'
import type { Statements } from '../db/database.ts'

export type MailKind =
  'activation' | 'restore' | 'password_changed' | 'invitation' | 'confirm_email' | 'email_changed' | 'new_device'

/**
 * Puts a mail into the outbox, as part of the caller's transaction where there is one. The worker decides what it says
 * and mints its code, so that a request does the same work for any address (security 14, 15).
 * @param about the change of address or the session that the mail speaks of
 */
export async function enqueue(
  db: Statements,
  kind: MailKind,
  address: string,
  userId: string | null = null,
  about: string | null = null,
): Promise<void> {
  await db.one(enqueueMail({ id: uuidv7(), kind, address, userId, about }))
}
