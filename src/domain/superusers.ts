import { findLastSuperuser, lockSuperusers } from '../../generated/queries.ts'
import type { Statements } from '../db/database.ts'
import { Problem } from '../problems.ts'

/**
 * To be called in the transaction that removes, demotes or suspends a user, before it does: two superusers who demote
 * each other at once wait for each other here (security 77).
 * @throws Problem last_superuser
 */
export async function keepASuperuser(transaction: Statements, userId: string): Promise<void> {
  await transaction.one(lockSuperusers())
  if (await transaction.maybeOne(findLastSuperuser({ userId }))) throw new Problem('last_superuser')
}
