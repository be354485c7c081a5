import {
  changeUser,
  claimAddress,
  findUser,
  insertUser,
  lockSignedInUser,
  type InsertUserRow,
  type LockSignedInUserRow,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { EmailAddress } from '../emailAddress.ts'
import { searchText } from '../searchText.ts'

/** A user with all columns that superusers may read. */
export type UserRow = InsertUserRow

/** A user as the user's own requests read it. */
export type OwnUserRow = LockSignedInUserRow

/**
 * The profile of a user who has given no name and no language. All code that handles profiles takes the names of the
 * members from this object. The names are the same in the contract and in the database.
 */
const emptyProfile = { first_name: '', last_name: '', language: 'en' } satisfies Partial<UserRow>

export type Profile = Pick<UserRow, keyof typeof emptyProfile>
export const profileMembers = Object.keys(emptyProfile) as (keyof Profile)[]

export type UserChanges = Partial<Profile & Pick<UserRow, 'is_active' | 'is_superuser'>>

export type NewUser = EmailAddress &
  Profile & {
    userId: string
    /** Null for a user who has not yet set a password by a mailed code. */
    passwordHash: Uint8Array | null
    is_active?: boolean
    is_superuser: boolean
    email_confirmed: boolean
  }

/**
 * Returns only the members of the profile from a row or a request body. Missing members get the values of
 * emptyProfile.
 */
export function profileOf(given: Partial<Profile>): Profile {
  return Object.fromEntries(profileMembers.map((name) => [name, given[name] ?? emptyProfile[name]])) as Profile
}

/** @throws Problem not_found */
export async function requireUser(db: Database, userId: string): Promise<UserRow> {
  const user = await db.maybeOne(findUser({ userId }))
  if (!user) throw new Problem('not_found')
  return user
}

/**
 * Creates a user, within the caller's transaction. `claimAddress` in sql/queries/accounts.sql decides whether the
 * email address is free.
 * @returns undefined if the email address belongs to another user
 */
export async function createUser(
  transaction: Queryable,
  { address, is_active = true, ...user }: NewUser,
): Promise<UserRow | undefined> {
  if (!(await transaction.maybeOne(claimAddress({ address, userId: user.userId })))) return undefined
  return transaction.one(insertUser({ ...user, is_active, searchText: searchText(user) }))
}

/**
 * Changes a user's own profile.
 * @param precondition runs after the user's row was locked, and throws if the user may not be changed
 * @throws Problem token_not_valid if the user was suspended, deleted or signed out after the request was
 * authenticated
 */
export async function updateProfile(
  db: Database,
  principal: { userId: string; sessionId: string },
  changes: Partial<Profile>,
  precondition?: (before: OwnUserRow) => void,
): Promise<UserRow> {
  return db.transaction(async (transaction) => {
    const before = await transaction.maybeOne(lockSignedInUser(principal))
    if (!before) throw new Problem('token_not_valid', { cause: 'suspended, deleted or signed out in the meantime' })
    precondition?.(before)
    return writeChanges(transaction, before, profileOf({ ...before, ...changes }))
  })
}

/**
 * Writes the changes of a user, and the search text that results from them.
 * @param before the user's row, which the caller has locked
 */
export async function writeChanges(transaction: Queryable, before: OwnUserRow, changes: UserChanges): Promise<UserRow> {
  const after = { ...before, ...changes }
  return transaction.one(changeUser({ ...after, userId: before.id, searchText: searchText(after) }))
}
