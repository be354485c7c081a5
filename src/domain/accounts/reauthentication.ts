import { findPasswordHash } from '../../../generated/queries.ts'
import { Problem, type RateLimit } from '../../problems.ts'
import type { Caller } from '../client.ts'
import { normalizeEmail } from '../emailAddress.ts'
import type { LimitServices } from '../limits/limits.ts'
import { withAttemptLimit, type PasswordCheck } from '../limits/lockout.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'

export type ReauthenticationServices = LimitServices & { passwords: PasswordHasher }

/**
 * The stored hash against which the current password was verified. A later statement takes effect only if the account
 * still has this hash.
 */
export type Reauthentication = { verifiedHash: Uint8Array; rateLimit: RateLimit | undefined }

/**
 * Verifies the current password before an operation for which an access token alone is not enough (security 11, 29).
 * A wrong password counts like a failed sign-in, so that a stolen access token does not help to guess the password.
 * @throws Problem current_password_incorrect, throttled; user_not_found when the user was deleted since the request
 * was authenticated
 */
export async function requireCurrentPassword(
  services: ReauthenticationServices,
  password: string,
  user: { id: string; email: string },
  caller: Caller,
): Promise<Reauthentication> {
  const checked = await withAttemptLimit(services, normalizeEmail(user.email), caller.client, () =>
    checkPassword(services, password, user.id, caller),
  )
  const { rateLimit } = checked
  if (!checked.ok) throw new Problem('current_password_incorrect', { rateLimit, cause: 'wrong password' })
  return { verifiedHash: checked.value, rateLimit }
}

async function checkPassword(
  { db, passwords }: ReauthenticationServices,
  password: string,
  userId: string,
  caller: Caller,
): Promise<PasswordCheck<Uint8Array>> {
  const user = await db.maybeOne(findPasswordHash({ userId }))
  if (!user) throw new Problem('user_not_found')
  const { matches } = await passwords.verify(password, user.password_hash, caller)
  return user.password_hash && matches ? { ok: true, value: user.password_hash } : { ok: false }
}
