import {
  findForeignOwner,
  findRegistration,
  findUser,
  findUserIdByAddress,
  deleteRegistration,
  lockCodes,
  type BeginMailRow,
  type FindUserRow,
} from '../../generated/queries.ts'
import type { Statements } from '../db/database.ts'
import { mintCode } from '../domain/mails/codes.ts'
import { describeDevice } from './device.ts'
import { chooseAccountDeleted } from './kinds/accountDeleted.ts'
import { chooseConfirmEmail } from './kinds/confirmEmail.ts'
import { chooseEmailChanged } from './kinds/emailChanged.ts'
import { chooseEmailChangeUndone } from './kinds/emailChangeUndone.ts'
import { chooseInvitation } from './kinds/invitation.ts'
import { chooseNewDevice } from './kinds/newDevice.ts'
import { chooseNewDevices } from './kinds/newDevices.ts'
import { chooseSignUp } from './kinds/signUp.ts'
import { asLanguage, renderMail, type ChosenMail } from './render.ts'
import { formatTime, serviceName } from './values.ts'

/**
 * What a queued mail becomes, decided only now, so that a request does the same for known and unknown addresses.
 * @returns undefined when nobody is to get anything
 */
export async function chooseMail(db: Statements, mail: BeginMailRow, baseUrl: string): Promise<ChosenMail | undefined> {
  switch (mail.kind) {
    case 'activation':
      return chooseActivation(db, mail, baseUrl)
    case 'restore':
      return chooseRestore(db, mail, baseUrl)
    case 'password_changed':
      return choosePasswordChanged(db, mail, baseUrl)
    case 'confirm_email':
      return chooseConfirmEmail(db, mail, baseUrl)
    case 'email_changed':
      return chooseEmailChanged(db, mail, baseUrl)
    case 'email_change_undone':
      return chooseEmailChangeUndone(db, mail, baseUrl)
    case 'invitation':
      return chooseInvitation(db, mail, baseUrl)
    case 'new_device':
      return chooseNewDevice(db, mail, baseUrl)
    case 'new_devices':
      return chooseNewDevices(db, mail, baseUrl)
    case 'account_deleted':
      return chooseAccountDeleted(mail, baseUrl)
    default:
      throw new Error(`No mail is known for the kind ${mail.kind}`)
  }
}

async function chooseActivation(db: Statements, mail: BeginMailRow, baseUrl: string): Promise<ChosenMail | undefined> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner)
    return mail.user_id === null ? chooseSignUp(db, mail, baseUrl) : activation(db, mail, mail.user_id, baseUrl)
  // Its registration was activated meanwhile, by the code of an earlier attempt.
  if (owner.user_id === mail.user_id) return undefined
  if (mail.user_id !== null) await db.query(deleteRegistration({ userId: mail.user_id }))
  const user = await findActiveUser(db, owner.user_id)
  if (!user) return undefined
  const language = asLanguage(user.language)
  const values = { service: serviceName(baseUrl) }
  return { name: 'accountExists', to: user.email, language, ...renderMail('accountExists', language, values) }
}

async function chooseRestore(db: Statements, mail: BeginMailRow, baseUrl: string): Promise<ChosenMail | undefined> {
  const owner = await db.maybeOne(findUserIdByAddress({ address: mail.address }))
  if (!owner) return chooseSignUp(db, mail, baseUrl)
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

async function choosePasswordChanged(
  db: Statements,
  mail: BeginMailRow,
  baseUrl: string,
): Promise<ChosenMail | undefined> {
  const user = mail.user_id === null ? null : await db.maybeOne(findUser({ userId: mail.user_id }))
  if (!user) return undefined
  const language = asLanguage(user.language)
  const values = { service: serviceName(baseUrl), time: formatTime(mail.created_at, language) }
  // To the address it was queued for: a notice must not follow a change of address.
  return { name: 'passwordChanged', to: mail.address, language, ...renderMail('passwordChanged', language, values) }
}

/** For the mail that a registration caused, and no other (security 89). */
async function activation(
  db: Statements,
  mail: BeginMailRow,
  userId: string,
  baseUrl: string,
): Promise<ChosenMail | undefined> {
  const registration = await db.maybeOne(findRegistration({ address: mail.address, userId }))
  if (!registration) return undefined
  // An address that is held for its former owner cannot be activated: a link would not work.
  if (await db.maybeOne(findForeignOwner({ address: mail.address, userId: registration.user_id }))) return undefined
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

async function findActiveUser(db: Statements, userId: string): Promise<FindUserRow | undefined> {
  const user = await db.maybeOne(findUser({ userId }))
  return user?.is_active ? user : undefined
}
