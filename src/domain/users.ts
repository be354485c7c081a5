import { claimAddress, insertUser } from '../../generated/queries.ts'
import type { Statements } from '../db/database.ts'
import type { EmailAddress } from './addresses.ts'

export type NewUser = EmailAddress & {
  userId: string
  firstName: string
  lastName: string
  language: string
  passwordHash: Uint8Array
  isSuperuser: boolean
}

/** Makes an active user, as part of the caller's transaction. @returns false when the address belongs to somebody already */
export async function createUser(transaction: Statements, { address, ...user }: NewUser): Promise<boolean> {
  if (!(await transaction.maybeOne(claimAddress({ address, userId: user.userId })))) return false
  await transaction.one(insertUser(user))
  return true
}
