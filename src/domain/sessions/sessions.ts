import {
  countSessions,
  endLiveSession,
  endReusedSession,
  endSession,
  endSessionsExcept,
  findLiveGeneration,
  listSessions,
  lockUser,
  saveSessionNetwork,
  rotateSession,
  type ListSessionsRow,
} from '../../../generated/queries.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { Client } from '../client.ts'
import type { Count, Slice } from '../pagination.ts'
import { recordEvent } from '../events/securityEvents.ts'
import type { RefreshClaims, TokenSession } from './tokens.ts'

/**
 * Times in seconds. An unused session expires after `idleLifetime`, and any session after `absoluteLifetime`. A
 * retried refresh is accepted for `grace` after the rotation.
 */
export type SessionLifetimes = { idleLifetime: number; absoluteLifetime: number; grace: number }
export type SessionRow = ListSessionsRow

/**
 * How many of a user's sessions one statement marks as ended. The statement ends the other sessions through
 * `users.sessions_valid_after`, and the hourly clean-up marks these sessions later.
 */
export const sessionBatch = 1000

// A phone that changes networks repeats a request once or twice. Retries of the same client have no limit, because
// parallel requests of the client would fail otherwise.
/** How many retries are accepted if either the network or the User-Agent differs from that of the rotation. */
export const maxRetries = 2

/**
 * Rotates the refresh token of a session (RFC 9700, 4.14.2). A retry within the grace period gets the current
 * generation (security 33–37, 97). The statements in sql/queries/sessions.sql decide what is a retry and what is
 * reuse.
 * @throws Problem token_not_valid if the session is unknown, ended or expired, or if the token is reused, which ends
 * the session
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
  // The transaction commits before the error is thrown. An error inside it would roll back the end of the session and
  // its event.
  const reused = await db.transaction(async (transaction) => {
    const ended = await transaction.maybeOne(endReusedSession({ ...presented, ...client, grace }))
    if (ended) await recordEvent(transaction, 'refresh_reused', { userId: presented.userId, client })
    return ended !== null
  })
  throw new Problem('token_not_valid', { cause: reused ? 'refresh reused' : 'session ended' })
}

/**
 * Records a change of the session's network. If the transaction fails, the next refresh finds the change again, so
 * that no event is lost.
 */
async function recordNetworkChange(db: Database, { userId, sessionId }: RefreshClaims, client: Client): Promise<void> {
  const { ipAddress } = client
  await db.transaction(async (transaction) => {
    const saved = await transaction.maybeOne(saveSessionNetwork({ userId, sessionId, ipAddress }))
    if (saved) await recordEvent(transaction, 'session_network_changed', { userId, client })
  })
}

/** Ends the session of a refresh token (RFC 7009, security 41). A session that has ended already keeps its reason. */
export async function signOut(db: Queryable, { userId, sessionId }: RefreshClaims): Promise<void> {
  await db.query(endSession({ userId, sessionId, endedBy: 'signed_out' }))
}

/** Reads up to `limit` active sessions of a user after a position, in the order of their creation. */
export function readSessions(
  db: Database,
  userId: string,
  { from, limit, descending }: Slice,
): Promise<readonly SessionRow[]> {
  const direction = descending ? 'descending' : 'ascending'
  return db.any(listSessions[direction]({ userId, cursorTimestamp: from.value, cursorId: from.id, limit }))
}

/** Counts a user's active sessions, up to one more than `countCap`. */
export function countLiveSessions(db: Database, userId: string): Promise<Count> {
  return db.one(countSessions({ userId }))
}

/**
 * Ends one of a user's active sessions. The session's access tokens are refused from then on (security 42).
 * @throws Problem not_found if the session is unknown, has ended, or belongs to another user
 */
export async function revokeSession(db: Database, userId: string, sessionId: string, client: Client): Promise<void> {
  await db.transaction(async (transaction) => {
    const ended = await transaction.maybeOne(endLiveSession({ userId, sessionId, endedBy: 'revoked' }))
    if (!ended) throw new Problem('not_found', { cause: 'no active session of this user' })
    await recordEvent(transaction, 'sessions_revoked', { userId, client })
  })
}

/**
 * Ends all sessions of a user except the kept one, if any (security 93). The caller's transaction has locked the
 * user's row, so no sign-in is in progress. A sign-in that waits for the lock opens a session that this call does not
 * end.
 * @returns the number of active sessions that ended, at most 10,000
 */
export async function endAllSessions(
  transaction: Queryable,
  selection: { userId: string; keptId: string | null; endedBy: string },
): Promise<number> {
  return (await transaction.one(endSessionsExcept({ ...selection, batch: sessionBatch }))).live
}

/**
 * Ends all sessions of a user except the kept one, if any. It records an event if an active session ended.
 * @returns the number of active sessions that ended
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

/** Returns whether a refresh token would be accepted now. */
export async function isRefreshTokenLive(
  db: Database,
  presented: RefreshClaims,
  { grace }: SessionLifetimes,
): Promise<boolean> {
  return (await db.maybeOne(findLiveGeneration({ ...presented, grace }))) !== null
}
