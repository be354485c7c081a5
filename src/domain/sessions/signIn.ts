import { v7 as uuidv7 } from 'uuid'
import {
  claimSignIn,
  endSessionsBeyondLimit,
  findSignInHash,
  findUserIdByAddress,
  insertLoginLog,
  insertSession,
  rehashPassword,
} from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Caller } from '../client.ts'
import { recordDevice } from './devices.ts'
import type { Limits } from '../limits/limits.ts'
import { withAttemptLimit, withSuccessLimit } from '../limits/lockout.ts'
import type { PasswordHasher } from '../passwords/hasher.ts'
import { recordEvent } from '../events/securityEvents.ts'
import { sessionBatch, type SessionLifetimes } from './sessions.ts'
import type { TokenSession } from './tokens.ts'

type Services = {
  db: Database
  passwords: PasswordHasher
  limits: Limits
  lifetimes: SessionLifetimes
  config: { maxSessions: number }
}
type Credentials = { address: string; password: string }
type Attempt = { userId: string; password: string; hash: Uint8Array | null; asker: Caller }
type Verified = Attempt & { hash: Uint8Array }

/**
 * Signs in. Unknown, wrong and inactive run the same statements, take the same time and get the same answer (security
 * 12, 13); each is an event, written down before the answer (security 78), and counts towards the limits. So does a
 * sign-in that succeeds, towards one of its own (security 92).
 * @throws Problem no_active_account, throttled
 */
export function signIn(services: Services, credentials: Credentials, asker: Caller): Promise<TokenSession> {
  const { address } = credentials
  return withAttemptLimit(services, address, asker, () =>
    withSuccessLimit(services, address, asker.client, () => tryOnce(services, credentials, asker)),
  )
}

async function tryOnce(services: Services, { address, password }: Credentials, asker: Caller): Promise<TokenSession> {
  const { db } = services
  const found = await db.maybeOne(findUserIdByAddress({ address }))
  const userId = found?.user_id ?? uuidv7() // asks as much of an unknown one
  const hash = await readHash(db, userId)
  const session = await attempt(services, { userId, password, hash, asker }, { mayRetry: true })
  if (session) return session
  await recordEvent(db, 'sign_in_failed', { userId: found?.user_id, client: asker.client })
  throw new Problem('no_active_account', { cause: found ? 'wrong password, or not active' : 'unknown address' })
}

/** @returns undefined when the password is wrong, or when the account was suspended or its password changed meanwhile */
async function attempt(
  services: Services,
  { hash, ...who }: Attempt,
  { mayRetry }: { mayRetry: boolean },
): Promise<TokenSession | undefined> {
  const { passwords, db } = services
  const { matches, outdated } = await passwords.verify(who.password, hash, who.asker)
  if (!hash || !matches) return undefined
  const session = await openSession(services, { ...who, hash })
  if (session && outdated) await renewHash(services, { ...who, hash })
  if (session || !mayRetry) return session
  // Another sign-in of the same moment may have renewed the hash of the same password.
  const present = await readHash(db, who.userId)
  if (!present || Buffer.compare(present, hash) === 0) return undefined
  return attempt(services, { ...who, hash: present }, { mayRetry: false })
}

/**
 * Writes the session, its login log row, the sign-in's time and the device in one transaction (security 78). The oldest of
 * too many sessions end in it (security 92).
 */
async function openSession(
  { db, limits, lifetimes: { idleLifetime, absoluteLifetime }, config: { maxSessions } }: Services,
  { userId, hash, asker: { client } }: Verified,
): Promise<TokenSession | undefined> {
  return db.transaction(async (transaction) => {
    const user = await transaction.maybeOne(claimSignIn({ userId, verifiedHash: hash }))
    if (!user) return undefined
    await transaction.query(insertLoginLog({ userId, id: uuidv7(), ...client }))
    const id = uuidv7()
    await recordDevice(transaction, limits.newDeviceMails, { user, sessionId: id }, client)
    const session = await transaction.one(insertSession({ userId, id, idleLifetime, absoluteLifetime, ...client }))
    const limit = { userId, sessionId: id, others: maxSessions - 1, batch: sessionBatch }
    await transaction.query(endSessionsBeyondLimit(limit))
    return session
  })
}

/**
 * Replaces an outdated hash once the user is signed in: before, a suspended account would be refused later than others (security 9, 106).
 * What keeps it from being replaced is no reason to refuse the sign-in; the next one tries again.
 */
async function renewHash({ db, passwords }: Services, { userId, password, hash, asker }: Verified): Promise<void> {
  try {
    const passwordHash = await passwords.hash(password, asker)
    await db.query(rehashPassword({ userId, verifiedHash: hash, passwordHash }))
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'unavailable')) throw error
  }
}

async function readHash(db: Database, userId: string): Promise<Uint8Array | null> {
  return (await db.maybeOne(findSignInHash({ userId })))?.password_hash ?? null
}
