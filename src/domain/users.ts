import { claimAddress, insertUser, type InsertUserRow } from '../../generated/queries.ts'
import type { Statements } from '../db/database.ts'
import type { EmailAddress } from './addresses.ts'

/** A user as administrators see one. */
export type UserRow = InsertUserRow

export type NewUser = EmailAddress & {
  userId: string
  firstName: string
  lastName: string
  language: string
  /** Null: nobody can sign in until a mailed code sets one. */
  passwordHash: Uint8Array | null
  isActive?: boolean
  isSuperuser: boolean
  emailConfirmed: boolean
}

/** Makes a user, as part of the caller's transaction. @returns undefined when the address belongs to somebody already */
export async function createUser(
  transaction: Statements,
  { address, isActive = true, ...user }: NewUser,
): Promise<UserRow | undefined> {
  if (!(await transaction.maybeOne(claimAddress({ address, userId: user.userId })))) return undefined
  return transaction.one(insertUser({ ...user, isActive, searchText: searchText(user) }))
}

/** What users are searched in, and what is searched for, in one fold: PostgreSQL's lower() knows only what its locale does. */
export function foldText(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC')
  // A final sigma is final in a fragment only, and İ becomes an i with a second dot.
  return folded.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i')
}

/** The searchable text of a user: to be written with every change of address or name. */
export function searchText(user: { email: string; firstName: string; lastName: string }): string {
  return foldText(`${user.email} ${user.firstName} ${user.lastName}`).slice(0, 700)
}
