import { findPasswordHash } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { normalizeEmail } from '../emailAddress.ts'
import type { Caller } from '../client.ts'
import type { Limits } from '../limits/limits.ts'
import { withAttemptLimit } from '../limits/lockout.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'

type Services = { db: Database; passwords: PasswordHasher; limits: Limits }

/**
 * Asks for the current password once more, before what a signed-in device alone must not do (security 11, 29). A wrong one
 * counts like a failed sign-in: a stolen access token is no way to guess it.
 * @returns the stored hash that it was verified against, to compare and set
 * @throws Problem current_password_incorrect, throttled; user_not_found when the user was deleted since the request was authenticated
 */
export function requireCurrentPassword(
  services: Services,
  user: { id: string; email: string },
  password: string,
  asker: Caller,
): Promise<Uint8Array> {
  return withAttemptLimit(services, normalizeEmail(user.email), asker, () => verify(services, user.id, password, asker))
}

async function verify(
  { db, passwords }: Services,
  userId: string,
  password: string,
  asker: Caller,
): Promise<Uint8Array> {
  const user = await db.maybeOne(findPasswordHash({ userId }))
  if (!user) throw new Problem('user_not_found')
  const { matches } = await passwords.verify(password, user.password_hash, asker)
  if (!user.password_hash || !matches) throw new Problem('current_password_incorrect')
  return user.password_hash
}
