import { v7 as uuidv7 } from 'uuid'
import {
  claimSignIn,
  findPasswordHash,
  findUserIdByAddress,
  insertLoginLog,
  insertSession,
  rehashPassword,
} from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import type { Asker, Client } from './client.ts'
import { greetDevice } from './devices.ts'
import type { Limits } from './limits.ts'
import { countAttempt } from './passwordAttempts.ts'
import type { Passwords } from './passwords.ts'
import { recordEvent } from './securityEvents.ts'
import type { SessionLifetimes } from './sessions.ts'
import type { TokenSession } from './tokens.ts'

type Services = { db: Database; passwords: Passwords; limits: Limits; lifetimes: SessionLifetimes }
type Credentials = { address: string; password: string }
type Attempt = { userId: string; password: string; hash: Uint8Array | null; client: Client }

/**
 * Signs in. Unknown, wrong and inactive run the same statements, take the same time and get the same answer (security
 * 12, 13); each is an event, written down before the answer (security 78), and counts towards the limits.
 * @throws Problem no_active_account, throttled
 */
export function signIn(services: Services, credentials: Credentials, asker: Asker): Promise<TokenSession> {
  return countAttempt(services, credentials.address, asker, () => tryOnce(services, credentials, asker.client))
}

async function tryOnce(services: Services, { address, password }: Credentials, client: Client): Promise<TokenSession> {
  const { db } = services
  const found = await db.maybeOne(findUserIdByAddress({ address }))
  const userId = found?.user_id ?? uuidv7() // asks as much of an unknown one
  const hash = await readHash(db, userId)
  const session = await attempt(services, { userId, password, hash, client }, { mayRetry: true })
  if (session) return session
  await recordEvent(db, 'sign_in_failed', { userId: found?.user_id, client })
  throw new Problem('no_active_account', { cause: found ? 'wrong password, or not active' : 'unknown address' })
}

/** @returns undefined when the password is wrong, or when the account was suspended or its password changed meanwhile */
async function attempt(
  services: Services,
  { hash, ...who }: Attempt,
  { mayRetry }: { mayRetry: boolean },
): Promise<TokenSession | undefined> {
  const { passwords, db } = services
  const { matches, outdated } = await passwords.verify(who.password, hash)
  if (!hash || !matches) return undefined
  const renewedHash = outdated ? await passwords.hash(who.password) : undefined
  const session = await openSession(services, { ...who, hash }, renewedHash)
  if (session || !mayRetry) return session
  // Another sign-in of the same moment may have renewed the hash of the same password.
  const present = await readHash(db, who.userId)
  if (!present || Buffer.compare(present, hash) === 0) return undefined
  return attempt(services, { ...who, hash: present }, { mayRetry: false })
}

/** Writes the session, its login log row, the sign-in's time and the device in one transaction (security 78). */
async function openSession(
  { db, limits, lifetimes: { idleLifetime, absoluteLifetime } }: Services,
  { userId, hash, client }: Attempt & { hash: Uint8Array },
  renewedHash: Uint8Array | undefined,
): Promise<TokenSession | undefined> {
  return db.transaction(async (transaction) => {
    const user = await transaction.maybeOne(claimSignIn({ userId, verifiedHash: hash }))
    if (!user) return undefined
    if (renewedHash) await transaction.query(rehashPassword({ userId, verifiedHash: hash, passwordHash: renewedHash }))
    await transaction.query(insertLoginLog({ userId, id: uuidv7(), ...client }))
    const id = uuidv7()
    await greetDevice(transaction, user, client, id, limits.newDeviceMails)
    return transaction.one(insertSession({ userId, id, idleLifetime, absoluteLifetime, ...client }))
  })
}

async function readHash(db: Database, userId: string): Promise<Uint8Array | null> {
  return (await db.maybeOne(findPasswordHash({ userId })))?.password_hash ?? null
}
