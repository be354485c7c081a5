import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the summary of further sign-ins from new devices, when a mail for each would be too many (security 90).
 * The mail goes to the email address that the user had at the sign-in that caused it.
 */
export async function composeNewDevices(
  db: Queryable,
  { user_id: userId, address }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return 'the account is suspended or erased'
  const recipient = { to: address, language: user.language }
  return write('newDevices', recipient, {})
}
