import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the mail to the email address that an account had until an undo code restored the former email address
 * (security 103).
 */
export async function composeEmailChangeUndone(
  db: Queryable,
  { user_id: userId, address, created_at: createdAt }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return 'the account is suspended or erased'
  const values = { time: createdAt }
  return write('emailChangeUndone', { to: address, language: user.language }, values)
}
