import {
  deleteRegistration,
  findOtherOwner,
  findRegistration,
  findUserIdByAddress,
  type BeginMailRow,
} from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import { findActiveUser } from '../activeUser.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'
import { composeSignUp } from '../signUp.ts'

/**
 * Composes the mail after a registration, or after a request to send the activation mail again. If the email address
 * has an account already, the mail informs the owner of the attempt, and the registration is deleted.
 */
export async function composeActivation(
  db: Queryable,
  mail: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner) {
    return mail.user_id === null
      ? composeSignUp(db, mail, write)
      : composeForRegistration(db, mail, mail.user_id, write)
  }
  // The code of an earlier mail has activated the registration since this mail was queued.
  if (owner.user_id === mail.user_id) return 'the account is active already'
  if (mail.user_id !== null) await db.query(deleteRegistration({ userId: mail.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user) return 'the account is suspended or erased'
  const recipient = { to: user.email, language: user.language }
  return write('accountExists', recipient, {})
}

/**
 * Composes the mail with the activation code. Only a registration itself causes this mail, and never a request that
 * names just the email address (security 89).
 */
async function composeForRegistration(
  db: Queryable,
  { id: mailId, address }: BeginMailRow,
  userId: string,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const registration = await db.maybeOne(findRegistration({ address, userId }))
  if (!registration) return 'the registration has ended'
  // The email address belongs to another user or is held for its former owner, so an activation link would not work.
  if (await db.maybeOne(findOtherOwner({ address, userId: registration.user_id })))
    return 'the address belongs to another account'
  const code = await mintCode(db, 'activate', registration.user_id, mailId)
  if (code === undefined) return 'a newer mail replaces it'
  const recipient = { to: registration.email, language: registration.language }
  return write('activation', recipient, {
    link: `/api/v1/users/activate/?code=${code}`,
    time: registration.created_at,
    ipAddress: registration.ip_address,
    device: registration.user_agent,
  })
}
