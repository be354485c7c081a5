import { findOtherOwner, findWaitingRegistration, type BeginMailRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import { displayEmail } from '../domain/accounts/registrations.ts'
import { mintCode, recoveryLifetime } from '../domain/mails/codes.ts'
import type { ComposedMail, DropReason, WriteMail } from './composer.ts'

/**
 * Composes the mail for an email address that has registrations but no account, when a request named only the email
 * address. The mail contains a recovery code, with which the recipient chooses a password and creates the account.
 * The password of a registration is not used, because a stranger may have chosen it (security 89). Mails of the kinds
 * `activation` and `restore` both get this text.
 */
export async function composeSignUp(
  db: Queryable,
  { id: mailId, address }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const registration = await db.maybeOne(findWaitingRegistration({ address, codeLifetime: recoveryLifetime }))
  if (!registration) return 'no account or registration has the address'
  const { user_id: userId } = registration
  // The email address is held for its former owner, so a link to claim it would not work.
  if (await db.maybeOne(findOtherOwner({ address, userId }))) return 'the address belongs to another account'
  const code = await mintCode(db, 'restore', userId, mailId)
  if (code === undefined) return 'a newer mail replaces it'
  const recipient = { to: displayEmail(address), language: registration.language }
  return write('signUp', recipient, {
    link: `/account/restore-password/?code=${code}`,
  })
}
