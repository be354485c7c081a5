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
import { composeFrom, type ComposedMail } from '../composer.ts'
import { describeDevice } from '../describeDevice.ts'
import { chooseLanguage } from '../language.ts'
import { formatTime, serviceName } from '../templateValues.ts'
import { composeSignUp } from '../signUp.ts'

/**
 * After a registration, or a request to resend its mail. The owner of an address that has an account learns of the
 * attempt, and the registration ends.
 */
export async function composeActivation(
  db: Queryable,
  mail: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner) {
    return mail.user_id === null
      ? composeSignUp(db, mail, baseUrl)
      : composeForRegistration(db, mail, mail.user_id, baseUrl)
  }
  // The registration has been activated since, by the code of an earlier mail.
  if (owner.user_id === mail.user_id) return undefined
  if (mail.user_id !== null) await db.query(deleteRegistration({ userId: mail.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user) return undefined
  const recipient = { to: user.email, language: chooseLanguage(user.language) }
  return composeFrom('accountExists', recipient, { service: serviceName(baseUrl) })
}

/** Only for the mail that the registration itself caused (security 89). */
async function composeForRegistration(
  db: Queryable,
  { id: mailId, address }: BeginMailRow,
  userId: string,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const registration = await db.maybeOne(findRegistration({ address, userId }))
  if (!registration) return undefined
  // An address that is held for its former owner cannot be activated: the link would not work.
  if (await db.maybeOne(findOtherOwner({ address, userId: registration.user_id }))) return undefined
  const code = await mintCode(db, 'activate', registration.user_id, mailId)
  if (code === undefined) return undefined
  const language = chooseLanguage(registration.language)
  const recipient = { to: registration.email, language }
  return composeFrom('activation', recipient, {
    service: serviceName(baseUrl),
    link: `${baseUrl}/api/v1/users/activate/?code=${code}`,
    time: formatTime(registration.created_at, language),
    ipAddress: registration.ip_address,
    device: describeDevice(registration.user_agent, language),
  })
}
