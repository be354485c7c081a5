import {
  changeUser,
  claimAddress,
  insertUser,
  lockSignedInUser,
  type InsertUserRow,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { EmailAddress } from '../emailAddress.ts'
import { searchText } from '../searchText.ts'

/** A user with all columns that superusers may read. */
export type UserRow = InsertUserRow

export type UserChanges = {
  firstName?: string | undefined
  lastName?: string | undefined
  language?: string | undefined
  isActive?: boolean | undefined
  isSuperuser?: boolean | undefined
}

export type NewUser = EmailAddress & {
  userId: string
  firstName: string
  lastName: string
  language: string
  /** Null for a user who has not yet set a password by a mailed code. */
  passwordHash: Uint8Array | null
  isActive?: boolean
  isSuperuser: boolean
  emailConfirmed: boolean
}

/**
 * Creates a user, within the caller's transaction. `claimAddress` in sql/queries/accounts.sql decides whether the
 * email address is free.
 * @returns undefined if the email address belongs to another user
 */
export async function createUser(
  transaction: Queryable,
  { address, isActive = true, ...user }: NewUser,
): Promise<UserRow | undefined> {
  if (!(await transaction.maybeOne(claimAddress({ address, userId: user.userId })))) return undefined
  return transaction.one(insertUser({ ...user, isActive, searchText: searchText(user) }))
}

/**
 * Changes a user's own names and language.
 * @throws Problem token_not_valid if the user was suspended, deleted or signed out after the request was
 * authenticated
 */
export async function updateProfile(
  db: Database,
  principal: { userId: string; sessionId: string },
  changes: Pick<UserChanges, 'firstName' | 'lastName' | 'language'>,
): Promise<UserRow> {
  return db.transaction(async (transaction) => {
    const before = await transaction.maybeOne(lockSignedInUser(principal))
    if (!before) throw new Problem('token_not_valid', { cause: 'suspended, deleted or signed out in the meantime' })
    return writeChanges(transaction, before, changes)
  })
}

/**
 * Writes the changes of a user, and the search text that results from them.
 * @param before the user's row, which the caller has locked
 */
export async function writeChanges(transaction: Queryable, before: UserRow, changes: UserChanges): Promise<UserRow> {
  const after = {
    firstName: changes.firstName ?? before.first_name,
    lastName: changes.lastName ?? before.last_name,
    language: changes.language ?? before.language,
    isActive: changes.isActive ?? before.is_active,
    isSuperuser: changes.isSuperuser ?? before.is_superuser,
  }
  const text = searchText({ email: before.email, ...after })
  return transaction.one(changeUser({ userId: before.id, ...after, searchText: text }))
}
