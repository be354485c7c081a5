import { v7 as uuidv7 } from 'uuid'
import {
  claimSignIn,
  findSignInHash,
  findUserIdByAddress,
  insertLoginLog,
  rehashPassword,
} from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem, type RateLimit } from '../../problems.ts'
import type { Caller } from '../client.ts'
import { recordEvent } from '../events/securityEvents.ts'
import type { LimitServices } from '../limits/limits.ts'
import { withAttemptLimit, withSuccessLimit, type PasswordCheck } from '../limits/lockout.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'
import { signOut } from './sessions.ts'
import { startSession, type SessionServices } from './startSession.ts'
import type { RefreshClaims, TokenSession } from './tokens.ts'

type SignInServices = LimitServices & SessionServices & { passwords: PasswordHasher }
type Credentials = { address: string; password: string }
type Replacing = { replaced: RefreshClaims | undefined }
type SignInResult = { session: TokenSession; rateLimit: RateLimit | undefined }
type UserPassword = Replacing & { userId: string; password: string; hash: Uint8Array | null }
type VerifiedPassword = UserPassword & { hash: Uint8Array }

/**
 * Signs a user in. For an unknown account, a wrong password and an inactive account, the function runs the same
 * statements, takes the same time and gives the same answer (security 12, 13). Each failure is recorded before it is
 * answered (security 78), and counts towards the limits of attempts. A success counts towards a separate limit
 * (security 92).
 * @param replaced the session that the new one replaces in the browser. A successful sign-in ends it
 * @throws Problem no_active_account, throttled
 */
export async function signIn(
  services: SignInServices,
  credentials: Credentials,
  caller: Caller,
  replaced?: RefreshClaims,
): Promise<SignInResult> {
  const { address } = credentials
  const { client } = caller
  const checked = await withAttemptLimit(services, address, client, () =>
    withSuccessLimit(services, address, client, () => checkCredentials(services, { ...credentials, replaced }, caller)),
  )
  const { rateLimit } = checked
  if (!checked.ok) throw new Problem('no_active_account', { cause: checked.cause, rateLimit })
  return { session: checked.value, rateLimit }
}

async function checkCredentials(
  services: SignInServices,
  { address, password, replaced }: Credentials & Replacing,
  caller: Caller,
): Promise<PasswordCheck<TokenSession>> {
  const { db } = services
  const found = await db.maybeOne(findUserIdByAddress({ address }))
  const userId = found?.user_id ?? uuidv7() // the following statements also run for an unknown email address
  const hash = await readHash(db, userId)
  const session = await verifyAndOpenSession(services, { userId, password, hash, replaced }, caller)
  if (session) return { ok: true, value: session }
  await recordEvent(db, 'sign_in_failed', { userId: found?.user_id, client: caller.client })
  return { ok: false, cause: found ? 'wrong password, or not active' : 'unknown address' }
}

/**
 * Verifies a password and opens a session.
 * @returns undefined when the password is wrong, or when the account was suspended or its password changed in the
 * meantime
 */
async function verifyAndOpenSession(
  services: SignInServices,
  { userId, password, hash, replaced }: UserPassword,
  caller: Caller,
  { mayRetry } = { mayRetry: true },
): Promise<TokenSession | undefined> {
  const { passwords, db } = services
  const { matches, outdated } = await passwords.verify(password, hash, caller)
  if (!hash || !matches) return undefined
  const verified = { userId, password, hash, replaced }
  const session = await openSession(services, verified, caller)
  if (session && outdated) await renewHash(services, verified, caller)
  if (session || !mayRetry) return session
  // A parallel sign-in may have renewed the hash of the same password.
  const current = await readHash(db, userId)
  if (!current || Buffer.compare(current, hash) === 0) return undefined
  return verifyAndOpenSession(services, { ...verified, hash: current }, caller, { mayRetry: false })
}

/**
 * Writes the session, its login log row, the time of the sign-in and the device in one transaction (security 78). The
 * transaction also ends the session that the new one replaces, and, if the user has too many sessions, the oldest
 * sessions (security 92).
 * @returns undefined when the account was suspended, or its password changed, since the password was verified
 */
async function openSession(
  services: SignInServices,
  { userId, hash, replaced }: VerifiedPassword,
  { client }: Caller,
): Promise<TokenSession | undefined> {
  return services.db.transaction(async (transaction) => {
    const user = await transaction.maybeOne(claimSignIn({ userId, verifiedHash: hash }))
    if (!user) return undefined
    if (replaced) await signOut(transaction, replaced)
    await transaction.query(insertLoginLog({ userId, id: uuidv7(), ...client }))
    return startSession(transaction, services, user, client)
  })
}

/**
 * Replaces an outdated hash. The user is signed in before, because hashing first would delay the refusal of a
 * suspended account (security 9, 106). If the hash cannot be replaced now, the sign-in succeeds nevertheless, and the
 * next sign-in tries again.
 */
async function renewHash(
  { db, passwords }: SignInServices,
  { userId, password, hash }: VerifiedPassword,
  caller: Caller,
): Promise<void> {
  try {
    const passwordHash = await passwords.hash(password, caller)
    await db.query(rehashPassword({ userId, verifiedHash: hash, passwordHash }))
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'unavailable')) throw error
  }
}

async function readHash(db: Database, userId: string): Promise<Uint8Array | null> {
  return (await db.maybeOne(findSignInHash({ userId })))?.password_hash ?? null
}
