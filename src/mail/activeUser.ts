import { findUser, type FindUserRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'

/** Reads a user. @returns the user, or undefined if the user does not exist or is suspended */
export async function findActiveUser(db: Queryable, userId: string): Promise<FindUserRow | undefined> {
  const user = await db.maybeOne(findUser({ userId }))
  return user?.is_active ? user : undefined
}
