import { findSession, findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the mail after a sign-in from a new device. The mail says when and from where the sign-in was made, and
 * how to end the session. The mail goes to the email address that the user had at the sign-in, so that an intruder
 * who changes the email address does not receive the mail.
 */
export async function composeNewDevice(
  db: Queryable,
  { user_id: userId, about: sessionId, address }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  if (userId === null || sessionId === null) return 'the account is suspended or erased'
  const user = await db.maybeOne(findUser({ userId }))
  const session = await db.maybeOne(findSession({ userId, sessionId }))
  if (!user || !session) return 'the account is suspended or erased'
  const recipient = { to: address, language: user.language }
  return write('newDevice', recipient, {
    time: session.created_at,
    ipAddress: session.ip_address,
    device: session.user_agent,
  })
}
