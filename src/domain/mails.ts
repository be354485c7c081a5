import { v7 as uuidv7 } from 'uuid'
import { enqueueMail } from '../../generated/queries.ts'
import type { Statements } from '../db/database.ts'

export type MailKind = 'activation' | 'restore' | 'password_changed'

/**
 * Puts a mail into the outbox, as part of the caller's transaction where there is one. The worker decides what it says
 * and mints its code, so that a request does the same work for any address (security 14, 15).
 */
export async function enqueue(
  db: Statements,
  kind: MailKind,
  address: string,
  userId: string | null = null,
): Promise<void> {
  await db.one(enqueueMail({ id: uuidv7(), kind, address, userId }))
}
