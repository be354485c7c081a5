import { findOtherOwner, findWaitingRegistration, type BeginMailRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import { displayEmail } from '../domain/accounts/registrations.ts'
import { mintCode, recoveryLifetime } from '../domain/mails/codes.ts'
import { composeFrom, type ComposedMail } from './composer.ts'
import { chooseLanguage } from './language.ts'
import { serviceName } from './templateValues.ts'

/**
 * Composes the mail for an address without an account that has registrations, when a request named only the address:
 * a recovery code, which makes the account with a password that the recipient chooses. The password of a registration
 * may be a stranger's (security 89). Kinds `activation` and `restore` both become this mail.
 */
export async function composeSignUp(
  db: Queryable,
  { id: mailId, address }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const registration = await db.maybeOne(findWaitingRegistration({ address, codeLifetime: recoveryLifetime }))
  if (!registration) return undefined
  const { user_id: userId } = registration
  // An address that is held for its former owner cannot be claimed: the link would not work.
  if (await db.maybeOne(findOtherOwner({ address, userId }))) return undefined
  const code = await mintCode(db, 'restore', userId, mailId)
  if (code === undefined) return undefined
  const recipient = { to: displayEmail(address), language: chooseLanguage(registration.language) }
  return composeFrom('signUp', recipient, {
    link: `${baseUrl}/account/restore-password/?code=${code}`,
    service: serviceName(baseUrl),
  })
}
