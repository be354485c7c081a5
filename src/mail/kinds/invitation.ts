import { findUserIdByAddress, lockCodes, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { invitationLifetime, mintCode } from '../../domain/mails/codes.ts'
import { findActiveUser } from '../activeUser.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the mail to a user whom an administrator has created. The mail contains a recovery code. No mail is sent
 * when the user has already confirmed the email address by another mail.
 */
export async function composeInvitation(
  db: Queryable,
  mail: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner || owner.user_id !== mail.user_id) return 'the account is suspended or erased'
  // The lock waits for a suspension that is in progress, so that the next statement sees the suspension.
  await db.one(lockCodes({ userId: owner.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user || user.email_confirmed) return 'the account needs no invitation'
  const code = await mintCode(db, 'restore', user.id, mail.id, { lifetime: invitationLifetime })
  if (code === undefined) return 'a newer mail replaces it'
  const recipient = { to: user.email, language: user.language }
  return write('invitation', recipient, {
    link: `/account/restore-password/?code=${code}`,
  })
}
