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

/** A user as administrators see one. */
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
  /** Null: nobody can sign in until a mailed code sets one. */
  passwordHash: Uint8Array | null
  isActive?: boolean
  isSuperuser: boolean
  emailConfirmed: boolean
}

/** Makes a user, as part of the caller's transaction. @returns undefined when the address belongs to somebody already */
export async function createUser(
  transaction: Queryable,
  { address, isActive = true, ...user }: NewUser,
): Promise<UserRow | undefined> {
  if (!(await transaction.maybeOne(claimAddress({ address, userId: user.userId })))) return undefined
  return transaction.one(insertUser({ ...user, isActive, searchText: searchText(user) }))
}

/**
 * Changes a user's own names and language.
 * @throws Problem token_not_valid when the user was suspended, deleted or signed out since the request was authenticated
 */
export async function updateProfile(
  db: Database,
  who: { userId: string; sessionId: string },
  changes: Pick<UserChanges, 'firstName' | 'lastName' | 'language'>,
): Promise<UserRow> {
  return db.transaction(async (transaction) => {
    const before = await transaction.maybeOne(lockSignedInUser(who))
    if (!before) throw new Problem('token_not_valid', { cause: 'suspended, deleted or signed out since' })
    return writeChanges(transaction, before, changes)
  })
}

/** Writes what is given of a user whose row is locked: of the address and names that it has now the searchable text is made. */
export async function writeChanges(transaction: Queryable, before: UserRow, changes: UserChanges): Promise<UserRow> {
  const wanted = {
    firstName: changes.firstName ?? before.first_name,
    lastName: changes.lastName ?? before.last_name,
    language: changes.language ?? before.language,
    isActive: changes.isActive ?? before.is_active,
    isSuperuser: changes.isSuperuser ?? before.is_superuser,
  }
  const text = searchText({ email: before.email, ...wanted })
  return transaction.one(changeUser({ userId: before.id, ...wanted, searchText: text }))
}
