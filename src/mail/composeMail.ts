import {
  findOtherOwner,
  findRegistration,
  findUser,
  findUserIdByAddress,
  deleteRegistration,
  lockCodes,
  type BeginMailRow,
  type FindUserRow,
} from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import { mintCode } from '../domain/mails/codes.ts'
import { describeDevice } from './device.ts'
import { composeAccountDeleted } from './kinds/accountDeleted.ts'
import { composeConfirmEmail } from './kinds/confirmEmail.ts'
import { composeEmailChanged } from './kinds/emailChanged.ts'
import { composeEmailChangeUndone } from './kinds/emailChangeUndone.ts'
import { composeInvitation } from './kinds/invitation.ts'
import { composeNewDevice } from './kinds/newDevice.ts'
import { composeNewDevices } from './kinds/newDevices.ts'
import { composeSignUp } from './kinds/signUp.ts'
import { asLanguage, renderMail, type ComposedMail } from './render.ts'
import { formatTime, serviceName } from './values.ts'

/**
 * What a queued mail becomes, decided only now, so that a request does the same for known and unknown addresses.
 * @returns undefined when nobody is to get anything
 */
export async function composeMail(
  db: Queryable,
  mail: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  switch (mail.kind) {
    case 'activation':
      return composeActivation(db, mail, baseUrl)
    case 'restore':
      return composeRestore(db, mail, baseUrl)
    case 'password_changed':
      return composePasswordChanged(db, mail, baseUrl)
    case 'confirm_email':
      return composeConfirmEmail(db, mail, baseUrl)
    case 'email_changed':
      return composeEmailChanged(db, mail, baseUrl)
    case 'email_change_undone':
      return composeEmailChangeUndone(db, mail, baseUrl)
    case 'invitation':
      return composeInvitation(db, mail, baseUrl)
    case 'new_device':
      return composeNewDevice(db, mail, baseUrl)
    case 'new_devices':
      return composeNewDevices(db, mail, baseUrl)
    case 'account_deleted':
      return composeAccountDeleted(mail, baseUrl)
    default:
      throw new Error(`No mail is known for the kind ${mail.kind}`)
  }
}

async function composeActivation(
  db: Queryable,
  mail: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner)
    return mail.user_id === null ? composeSignUp(db, mail, baseUrl) : activation(db, mail, mail.user_id, baseUrl)
  // Its registration was activated meanwhile, by the code of an earlier attempt.
  if (owner.user_id === mail.user_id) return undefined
  if (mail.user_id !== null) await db.query(deleteRegistration({ userId: mail.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user) return undefined
  const language = asLanguage(user.language)
  const values = { service: serviceName(baseUrl) }
  return { name: 'accountExists', to: user.email, language, ...renderMail('accountExists', language, values) }
}

async function composeRestore(db: Queryable, mail: BeginMailRow, baseUrl: string): Promise<ComposedMail | undefined> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner) return composeSignUp(db, mail, baseUrl)
  // The address that the user has when the code is minted gets it: an undone change of address has taken another back.
  await db.one(lockCodes({ userId: owner.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user) return undefined
  const language = asLanguage(user.language)
  const code = await mintCode(db, 'restore', user.id, mail.id)
  if (code === undefined) return undefined
  const values = { link: `${baseUrl}/account/restore-password/?code=${code}`, service: serviceName(baseUrl) }
  return { name: 'restore', to: user.email, language, ...renderMail('restore', language, values) }
}

async function composePasswordChanged(
  db: Queryable,
  mail: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const user = mail.user_id === null ? null : await db.maybeOne(findUser({ userId: mail.user_id }))
  if (!user) return undefined
  const language = asLanguage(user.language)
  const values = { service: serviceName(baseUrl), time: formatTime(mail.created_at, language) }
  // To the address it was queued for: a notice must not follow a change of address.
  return { name: 'passwordChanged', to: mail.address, language, ...renderMail('passwordChanged', language, values) }
}

/** For the mail that a registration caused, and no other (security 89). */
async function activation(
  db: Queryable,
  mail: BeginMailRow,
  userId: string,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const registration = await db.maybeOne(findRegistration({ address: mail.address, userId }))
  if (!registration) return undefined
  // An address that is held for its former owner cannot be activated: a link would not work.
  if (await db.maybeOne(findOtherOwner({ address: mail.address, userId: registration.user_id }))) return undefined
  const language = asLanguage(registration.language)
  const code = await mintCode(db, 'activate', registration.user_id, mail.id)
  if (code === undefined) return undefined
  const values = {
    service: serviceName(baseUrl),
    link: `${baseUrl}/api/v1/users/activate/?code=${code}`,
    time: formatTime(registration.created_at, language),
    ipAddress: registration.ip_address,
    device: describeDevice(registration.user_agent, language),
  }
  return { name: 'activation', to: registration.email, language, ...renderMail('activation', language, values) }
}

async function findActiveUser(db: Queryable, userId: string): Promise<FindUserRow | undefined> {
  const user = await db.maybeOne(findUser({ userId }))
  return user?.is_active ? user : undefined
}
