import { findOtherOwner, findWaitingRegistration, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { mintCode, recoveryLifetime } from '../../domain/mails/codes.ts'
import { displayEmail } from '../../domain/accounts/registrations.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { serviceName } from '../values.ts'

/**
 * For a mail that was requested by address alone, where registrations wait: a recovery code, which makes the account with
 * a password that its recipient chooses. A registration may be a stranger's, with a password that the stranger knows
 * (security 89).
 */
export async function composeSignUp(
  db: Queryable,
  { id: mailId, address }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const registration = await db.maybeOne(findWaitingRegistration({ address, codeLifetime: recoveryLifetime }))
  if (!registration) return undefined
  const { user_id: userId } = registration
  // An address that is held for its former owner cannot be claimed: a link would not work.
  if (await db.maybeOne(findOtherOwner({ address, userId }))) return undefined
  const code = await mintCode(db, 'restore', userId, mailId)
  if (code === undefined) return undefined
  const language = asLanguage(registration.language)
  const values = { link: `${baseUrl}/account/restore-password/?code=${code}`, service: serviceName(baseUrl) }
  return { name: 'signUp', to: displayEmail(address), language, ...renderMail('signUp', language, values) }
}
