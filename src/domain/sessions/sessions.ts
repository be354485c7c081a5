import {
  countSessions,
  endLiveSession,
  endReusedSession,
  endSession,
  endSessionsExcept,
  findLiveGeneration,
  listSessionsAscending,
  listSessionsDescending,
  lockUser,
  noteSessionNetwork,
  rotateSession,
  type ListSessionsAscendingRow,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'
import type { Count, Position } from '../pagination.ts'
import { recordEvent } from '../events/securityEvents.ts'
import type { RefreshClaims, TokenSession } from './tokens.ts'

/** Seconds: how long a session lives unused, how long at most, and how long a retry of its last refresh is answered. */
export type SessionLifetimes = { idleLifetime: number; absoluteLifetime: number; grace: number }
export type SessionRow = ListSessionsAscendingRow

/** How many session rows one statement marks as ended. What is beyond that, the user's row has ended already. */
export const sessionBatch = 1000

// Retries that come from the network or the device of the rotation, but not from both: a phone that changes networks
// repeats a request once or twice. Those of the same client have no limit, or its parallel requests would fail.
const maxRetries = 2

/**
 * Moves a session on to its next generation, or, for a retry within the grace, answers with the present one (RFC 9700, 4.14.2).
 * @throws Problem token_not_valid – unknown, ended or expired session, or reuse; reuse has ended the session by then
 * (security 33–37, 97)
 */
export async function rotate(
  db: Database,
  presented: RefreshClaims,
  { idleLifetime, grace }: SessionLifetimes,
  client: Client,
): Promise<TokenSession> {
  const rotated = await db.maybeOne(rotateSession({ ...presented, ...client, idleLifetime, grace, maxRetries }))
  if (rotated) {
    const { network_changed, ...session } = rotated
    if (network_changed) await recordNetworkChange(db, presented, client)
    return session
  }
  // Commits before anything is thrown, or the failure would take the end of the session and its event back.
  const reused = await db.transaction(async (transaction) => {
    const ended = await transaction.maybeOne(endReusedSession({ ...presented, ...client, grace }))
    if (ended) await recordEvent(transaction, 'refresh_reused', { userId: presented.userId, client })
    return ended !== null
  })
  throw new Problem('token_not_valid', { cause: reused ? 'refresh_reused' : 'session_ended' })
}

/** Until this has committed, every refresh finds the network changed: the event cannot be lost. */
async function recordNetworkChange(db: Database, { userId, sessionId }: RefreshClaims, client: Client): Promise<void> {
  const { ipAddress } = client
  await db.transaction(async (transaction) => {
    const noted = await transaction.maybeOne(noteSessionNetwork({ userId, sessionId, ipAddress }))
    if (noted) await recordEvent(transaction, 'session_network_changed', { userId, client })
  })
}

/** Ends the session of a refresh token; one that is over already stays so (RFC 7009, security 41). */
export async function signOut(db: Database, { userId, sessionId }: RefreshClaims): Promise<void> {
  await db.query(endSession({ userId, sessionId, endedBy: 'signed_out' }))
}

/** Reads rows of a user's live sessions beyond a position, which is when each began. */
export function scanSessions(db: Database, userId: string) {
  return (from: Position, limit: number, descending: boolean): Promise<readonly SessionRow[]> => {
    const asked = { userId, cursorTimestamp: from.timestamp, cursorId: from.id, limit }
    return db.any(descending ? listSessionsDescending(asked) : listSessionsAscending(asked))
  }
}

/** @returns how many live sessions there are, counting one past the cap at the most */
export function countLiveSessions(db: Database, userId: string): Promise<Count> {
  return db.one(countSessions({ userId }))
}

/**
 * Ends one of a user's live sessions, its access tokens included (security 42).
 * @throws Problem not_found – unknown, over, or somebody else's
 */
export async function revokeSession(db: Database, userId: string, sessionId: string, client: Client): Promise<void> {
  await db.transaction(async (transaction) => {
    const ended = await transaction.maybeOne(endLiveSession({ userId, sessionId, endedBy: 'revoked' }))
    if (!ended) throw new Problem('not_found', { cause: 'no live session of this user' })
    await recordEvent(transaction, 'sessions_revoked', { userId, client })
  })
}

/**
 * Ends a user's sessions, all but the kept one or, without it, all (security 93). To be called when the transaction has
 * locked the user's row: no sign-in is under way then, and one that waits begins a session that lives.
 * @returns how many live ones there were, 10,000 at the most
 */
export async function endAllSessions(
  transaction: Queryable,
  which: { userId: string; keptId: string | null; endedBy: string },
): Promise<number> {
  return (await transaction.one(endSessionsExcept({ ...which, batch: sessionBatch }))).live
}

/**
 * Ends a user's sessions, all but the kept one or, without it, all. It is an event when a live one was among them.
 * @returns how many live ones there were
 */
export async function revokeSessions(
  db: Database,
  { userId, keptId }: { userId: string; keptId: string | null },
  client: Client,
): Promise<number> {
  return db.transaction(async (transaction) => {
    await transaction.maybeOne(lockUser({ userId }))
    const live = await endAllSessions(transaction, { userId, keptId, endedBy: 'revoked' })
    if (live > 0) await recordEvent(transaction, 'sessions_revoked', { userId, client })
    return live
  })
}

/** Whether a refresh token would be answered now. */
export async function isRefreshTokenLive(
  db: Database,
  presented: RefreshClaims,
  { grace }: SessionLifetimes,
): Promise<boolean> {
  return (await db.maybeOne(findLiveGeneration({ ...presented, grace }))) !== null
}
