import { findPasswordHash } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import type { Passwords } from './passwords.ts'

/**
 * Asks for the current password once more, before what a signed-in device alone must not do (security 11, 29).
 * @returns the stored hash that it was verified against, to compare and set
 * @throws Problem current_password_incorrect; user_not_found when the user was deleted since the request was authenticated
 */
export async function requireCurrentPassword(
  db: Database,
  passwords: Passwords,
  userId: string,
  password: string,
): Promise<Uint8Array> {
  const user = await db.maybeOne(findPasswordHash({ userId }))
  if (!user) throw new Problem('user_not_found')
  const { matches } = await passwords.verify(password, user.password_hash)
  if (!user.password_hash || !matches) throw new Problem('current_password_incorrect')
  return user.password_hash
}
