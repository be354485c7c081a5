import {
  deletePoints,
  findUser,
  listLockedAddresses,
  listLockoutAddresses,
  readPoints,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import { normalizeEmail } from '../emailAddress.ts'
import { recordEvent } from '../events/securityEvents.ts'
import type { Counter } from '../limits/counter.ts'
import type { Limits } from '../limits/limits.ts'
import { scopesOf } from '../limits/networkCounter.ts'
import { requireActor, type Actor } from './superusers.ts'

/** A lockout of an account. `network` is undefined if it applies to all networks that are not known. */
export type Lockout = { network: string | undefined; expires_at: string }
/** `isCapped` says that there may be lockouts of further networks. */
export type Lockouts = { lockouts: Lockout[]; isCapped: boolean }
/** A user who is locked out in some networks. */
export type LockedUser = { id: string; email: string; lockouts: Lockout[] }
type Subjects = { address: string; ipAddresses: string[]; isCapped: boolean }
// The number of networks of a user that are searched for lockouts.
const maxNetworks = 100
/** The number of pairs of a user and an IP address that are searched for lockouts. */
export const maxPairs = 500

type LockoutCounter = { counter: Counter; key: string; range?: string; userId?: string }

/**
 * Returns the lockouts of an account. The rate-limit counters do not reveal which networks they count, so the networks
 * are read from the account's events of the last day. @throws Problem not_found
 */
export async function readLockouts(db: Queryable, limits: Limits, userId: string): Promise<Lockouts> {
  const { address, ipAddresses, isCapped } = await findSubjects(db, userId)
  const locked = await findLocked(db, lockoutCounters(limits, address, ipAddresses))
  return { lockouts: locked.map(({ lockout }) => lockout), isCapped }
}

/** Returns the users who are locked out, the one who was locked last first. */
export async function readLockedUsers(
  db: Queryable,
  limits: Limits,
): Promise<{ users: LockedUser[]; isCapped: boolean }> {
  const rows = await db.any(listLockedAddresses({ limit: maxPairs }))
  const users = new Map(rows.map(({ id, email }) => [id, { id, email, lockouts: [] as Lockout[] }]))
  const counters = [...users.values()].flatMap(({ id: userId, email }) => {
    const ipAddresses = rows.filter(({ id }) => id === userId).map(({ ip_address }) => ip_address)
    return lockoutCounters(limits, normalizeEmail(email), ipAddresses).map((counter) => ({ ...counter, userId }))
  })
  for (const { userId = '', lockout } of await findLocked(db, counters)) users.get(userId)?.lockouts.push(lockout)
  return {
    users: [...users.values()].filter(({ lockouts }) => lockouts.length > 0),
    isCapped: rows.some(({ is_partial }) => is_partial),
  }
}

/** Finds the counters that have no point left. */
async function findLocked(
  db: Queryable,
  wanted: LockoutCounter[],
): Promise<{ userId: string | undefined; lockout: Lockout }[]> {
  const counters = byRowKey(wanted)
  const rows = await db.any(readPoints({ keys: [...counters.keys()], now: Date.now() }))
  return rows.flatMap(({ key, points, expires_at }) => {
    const { counter, range, userId } = counters.get(key) ?? {}
    return counter && points >= counter.points ? [{ userId, lockout: { network: range, expires_at } }] : []
  })
}

/**
 * Ends the lockouts of an account. The next lockout is as short as the first. @throws Problem not_found,
 * permission_denied
 */
export async function liftLockouts(db: Database, limits: Limits, userId: string, actor: Actor): Promise<void> {
  const counters = await db.transaction(async (transaction) => {
    await requireActor(transaction, actor)
    const { address, ipAddresses } = await findSubjects(transaction, userId)
    const lengths = ipAddresses
      .flatMap((ipAddress) => scopesOf({ account: address, ipAddress }))
      .map(({ key }) => ({ counter: limits.lockouts, key }))
    const counters = byRowKey([...lockoutCounters(limits, address, ipAddresses), ...lengths])
    const deleted = await transaction.any(deletePoints({ keys: [...counters.keys()] }))
    if (deleted.length > 0) await recordEvent(transaction, 'lockouts_lifted', { userId, ...actor })
    return counters
  })
  await Promise.all([...counters.values()].map(({ counter, key }) => counter.forget(key)))
}

async function findSubjects(db: Queryable, userId: string): Promise<Subjects> {
  const user = await db.maybeOne(findUser({ userId }))
  if (!user) throw new Problem('not_found')
  const rows = await db.any(listLockoutAddresses({ userId, limit: maxNetworks + 1 }))
  const ipAddresses = rows.flatMap(({ ip_address }) => ip_address ?? [])
  return {
    address: normalizeEmail(user.email),
    ipAddresses: ipAddresses.slice(0, maxNetworks),
    isCapped: ipAddresses.length > maxNetworks || rows.some(({ is_partial }) => is_partial),
  }
}

/** Lists the counters that refuse sign-ins: of the account from anywhere, and from each network. */
function lockoutCounters(limits: Limits, address: string, ipAddresses: string[]): LockoutCounter[] {
  const byNetwork = ipAddresses.flatMap((ipAddress) => limits.signIn.countersOf({ account: address, ipAddress }))
  return [{ counter: limits.signInAccount, key: address }, ...byNetwork]
}

/** Maps the keys of the table rate_limits to their counters. The map is empty if nothing is limited. */
function byRowKey(counters: LockoutCounter[]): Map<string, LockoutCounter> {
  return new Map(
    counters.flatMap((entry) => {
      const rowKey = entry.counter.rowKey(entry.key)
      return rowKey === undefined ? [] : [[rowKey, entry]]
    }),
  )
}
