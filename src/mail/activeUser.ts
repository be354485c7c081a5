import { findUser, type FindUserRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'

/** @returns undefined for a user who does not exist or is suspended */
export async function findActiveUser(db: Queryable, userId: string): Promise<FindUserRow | undefined> {
  const user = await db.maybeOne(findUser({ userId }))
  return user?.is_active ? user : undefined
}
