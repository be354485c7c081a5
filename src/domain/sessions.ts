import { endReusedSession, endSession, findLiveGeneration, rotateSession } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { Problem } from '../problems.ts'
import type { RefreshClaims, TokenSession } from './tokens.ts'

/** Seconds: how long a session lives unused, how long at most, and how long a retry of its last refresh is answered. */
export type SessionLifetimes = { idleLifetime: number; absoluteLifetime: number; grace: number }

/**
 * Moves a session on to its next generation, or, for a retry within the grace, answers with the present one (RFC 9700, 4.14.2).
 * @throws Problem token_not_valid – unknown, ended or expired session, or reuse; reuse has ended the session by then (security 33–37)
 */
export async function rotate(
  db: Database,
  presented: RefreshClaims,
  { idleLifetime, grace }: SessionLifetimes,
): Promise<TokenSession> {
  const session = await db.maybeOne(rotateSession({ ...presented, idleLifetime, grace }))
  if (session) return session
  const reused = await db.maybeOne(endReusedSession({ ...presented, grace })) // commits before anything is thrown
  throw new Problem('token_not_valid', { cause: reused ? 'refresh_reused' : 'session_over' })
}

/** Ends the session of a refresh token; one that is over already stays so (RFC 7009, security 41). */
export async function signOut(db: Database, { userId, sessionId }: RefreshClaims): Promise<void> {
  await db.query(endSession({ userId, sessionId, endedBy: 'signed_out' }))
}

/** Whether a refresh token would be answered now. */
export async function isRefreshTokenLive(
  db: Database,
  presented: RefreshClaims,
  { grace }: SessionLifetimes,
): Promise<boolean> {
  return (await db.maybeOne(findLiveGeneration({ ...presented, grace }))) !== null
}
