import { v7 as uuidv7 } from 'uuid'
import {
  consumeCode,
  findActivatedUser,
  findRegistrationById,
  insertRegistration,
  voidRegistrations,
} from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import type { EmailAddress } from './addresses.ts'
import type { Client } from './client.ts'
import { readCode } from './codes.ts'
import { siteOf } from './networks.ts'
import { enqueue } from './mails.ts'
import { createUser } from './users.ts'

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
 * @returns whether this call did it, or an earlier one with the same code
 * @throws Problem code_invalid
 */
export async function activate(db: Database, code: string): Promise<'activated' | 'already_active'> {
  const { userId, hash } = readCode(code)
  const activated = await db.transaction(async (transaction) => {
    if (!(await transaction.maybeOne(consumeCode({ userId, hash, purpose: 'activate' })))) return false
    const registration = await transaction.maybeOne(findRegistrationById({ userId }))
    if (!registration) return false
    const { first_name: firstName, last_name: lastName, password_hash: passwordHash, ...rest } = registration
    const user = { userId, firstName, lastName, passwordHash, ...rest, isSuperuser: false, emailConfirmed: true }
    // Claims the address before any registration is locked: whoever claims it at the same time waits there, holding nothing.
    if (!(await createUser(transaction, user))) {
      throw new Problem('code_invalid', { cause: 'the address was claimed first' })
    }
    await transaction.query(voidRegistrations({ address: registration.address }))
    return true
  })
  if (activated) return 'activated'
  if (await db.maybeOne(findActivatedUser({ userId, hash }))) return 'already_active'
  throw new Problem('code_invalid', { cause: 'unknown, used or expired' })
}
