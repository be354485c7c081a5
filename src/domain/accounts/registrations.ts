import { v7 as uuidv7 } from 'uuid'
import {
  consumeCode,
  findActivatedUser,
  findRegistrationByCode,
  findRegistrationById,
  insertRegistration,
  supersedeActivationCodes,
  voidRegistrations,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { parseEmailAddress, type EmailAddress } from '../emailAddress.ts'
import type { Client } from '../client.ts'
import { parseCode } from '../mails/codes.ts'
import { siteOf } from '../networks.ts'
import { enqueue } from '../mails/outbox.ts'
import { createUser, profileOf, type Profile, type UserRow } from './users.ts'

/**
 * Stores a registration and queues its mail. The function does not check whether the email address is free, so that
 * the reply reveals no account. The mail informs the owner of the email address (security 14).
 */
export async function register(
  db: Database,
  emailAddress: EmailAddress,
  profile: Profile,
  passwordHash: Uint8Array,
  client: Client,
): Promise<void> {
  const userId = uuidv7()
  await db.transaction(async (transaction) => {
    await transaction.one(insertRegistration({ userId, ...emailAddress, ...profile, passwordHash, ...client }))
    await enqueue(transaction, 'activation', emailAddress.address, userId, null, siteOf(client.ipAddress))
  })
}

/**
 * Creates a user from the registration to which a mailed code belongs, and voids the other registrations of the same
 * email address (security 20, 31).
 * @returns `activated`; `already_active` if an earlier call with this code created the user; `superseded` if another
 * registration of the email address was activated
 * @throws Problem code_invalid
 */
export async function activate(db: Database, code: string): Promise<'activated' | 'already_active' | 'superseded'> {
  const { userId, hash } = parseCode(code)
  if (await db.transaction((transaction) => activateByCode(transaction, userId, hash))) return 'activated'
  const activated = await db.maybeOne(findActivatedUser({ userId, hash }))
  if (activated) return activated.superseded ? 'superseded' : 'already_active'
  throw new Problem('code_invalid', { cause: 'unknown, used or expired, or the address was taken first' })
}

/**
 * Activates the registration to which a code belongs, within the caller's transaction. It claims the email address
 * before it locks any code or registration. Another transaction that claims the same email address waits for the
 * email address and holds no lock that this transaction needs, so that the two transactions cannot deadlock (order of
 * locks: sql/README.md).
 * @returns false if the code belongs to no pending registration, or if the email address is taken
 */
async function activateByCode(transaction: Queryable, userId: string, hash: Uint8Array): Promise<boolean> {
  const registration = await transaction.maybeOne(findRegistrationByCode({ userId, hash }))
  if (!registration) return false
  const { password_hash: passwordHash, ...others } = registration
  const user = { userId, passwordHash, ...others, is_superuser: false, email_confirmed: true }
  if (!(await createUser(transaction, user))) return false
  if (!(await transaction.maybeOne(consumeCode({ userId, hash, purpose: 'activate' }))))
    throw new Problem('code_invalid', { cause: 'voided while the address was claimed' })
  const voided = await transaction.any(voidRegistrations({ address: registration.address }))
  const userIds = voided.map(({ user_id }) => user_id)
  await transaction.query(supersedeActivationCodes({ userIds, activatedId: userId }))
  return true
}

/**
 * Creates a user, given a recovery code, for an email address that only has registrations (security 89). The code
 * belongs to one of the registrations. Another person may have made this registration, so only its language is kept.
 * All registrations of the email address are voided.
 * @returns undefined if the registration has expired or was voided, or if the email address is taken
 */
export async function createByRecovery(
  transaction: Queryable,
  userId: string,
  passwordHash: Uint8Array,
): Promise<UserRow | undefined> {
  const registration = await transaction.maybeOne(findRegistrationById({ userId }))
  if (!registration) return undefined
  const { address, language } = registration
  const email = displayEmail(address)
  const profile = profileOf({ language })
  const user = { userId, address, email, ...profile, passwordHash, is_superuser: false, email_confirmed: true }
  const created = await createUser(transaction, user)
  if (created) await transaction.query(voidRegistrations({ address }))
  return created
}

/** Returns the display form of a normalized email address, rather than the spelling that a registration used. */
export function displayEmail(address: string): string {
  return parseEmailAddress(address)?.email ?? address
}
