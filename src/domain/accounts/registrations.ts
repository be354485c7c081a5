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
import { createUser, type UserRow } from './users.ts'

export type Names = { firstName: string; lastName: string; language: 'en' | 'ru' }

/** Writes a registration that waits for its mail to be followed. It asks nobody whether the address is free: the mail tells its owner. */
export async function register(
  db: Database,
  to: EmailAddress,
  names: Names,
  passwordHash: Uint8Array,
  client: Client,
): Promise<void> {
  const userId = uuidv7()
  await db.transaction(async (transaction) => {
    await transaction.one(insertRegistration({ userId, ...to, ...names, passwordHash, ...client }))
    await enqueue(transaction, 'activation', to.address, userId, null, siteOf(client.ipAddress))
  })
}

/**
 * Makes a user of the registration that a mailed code belongs to; the others of that address are void (security 20, 31).
 * @returns whether this call did it, an earlier one with the same code, or another registration of the address
 * @throws Problem code_invalid
 */
export async function activate(db: Database, code: string): Promise<'activated' | 'already_active' | 'superseded'> {
  const { userId, hash } = parseCode(code)
  if (await db.transaction((transaction) => claimByCode(transaction, userId, hash))) return 'activated'
  const activated = await db.maybeOne(findActivatedUser({ userId, hash }))
  if (activated) return activated.superseded ? 'superseded' : 'already_active'
  throw new Problem('code_invalid', { cause: 'unknown, used or expired, or the address was taken first' })
}

/**
 * Claims the address before it writes to any code or registration: who claims it at the same time waits there, holding
 * nothing that this transaction needs.
 */
async function claimByCode(transaction: Queryable, userId: string, hash: Uint8Array): Promise<boolean> {
  const registration = await transaction.maybeOne(findRegistrationByCode({ userId, hash }))
  if (!registration) return false
  const { first_name: firstName, last_name: lastName, password_hash: passwordHash, ...rest } = registration
  const user = { userId, firstName, lastName, passwordHash, ...rest, isSuperuser: false, emailConfirmed: true }
  if (!(await createUser(transaction, user))) return false
  if (!(await transaction.maybeOne(consumeCode({ userId, hash, purpose: 'activate' }))))
    throw new Problem('code_invalid', { cause: 'voided while the address was claimed' })
  const voided = await transaction.any(voidRegistrations({ address: registration.address }))
  const userIds = voided.map(({ user_id }) => user_id)
  await transaction.query(supersedeActivationCodes({ userIds, activatedId: userId }))
  return true
}

/**
 * Makes a user of an address that only has registrations, for a recovery code (security 89). The code names one of them,
 * perhaps a stranger's: nothing of it is kept but the language. All registrations of the address are void.
 * @returns undefined when the registration has expired or was voided, or when the address is taken
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
  const names = { firstName: '', lastName: '', language }
  const user = { userId, address, email, ...names, passwordHash, isSuperuser: false, emailConfirmed: true }
  const created = await createUser(transaction, user)
  if (created) await transaction.query(voidRegistrations({ address }))
  return created
}

/** How a normalised address is written and mailed to, without the spelling that a registration gave it. */
export function displayEmail(address: string): string {
  return parseEmailAddress(address)?.email ?? address
}
