import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the notice of a changed password. The mail goes to the email address for which it was queued, even if the
 * user has changed the email address since.
 */
export async function composePasswordChanged(
  db: Queryable,
  { user_id: userId, address, created_at: createdAt }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return 'the account is suspended or erased'
  const values = { time: createdAt }
  return write('passwordChanged', { to: address, language: user.language }, values)
}
