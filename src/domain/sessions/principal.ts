import { findPrincipal, type FindPrincipalRow } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { AccessClaims } from './tokens.ts'

/**
 * The user and the session of an authenticated request. The user's columns are read from the database for each
 * request.
 */
export type Principal = { user: FindPrincipalRow; sessionId: string }

/**
 * Loads the user and session of an access token. `findPrincipal` in sql/queries/sessions.sql decides whether the
 * session is live. The statement runs for every authenticated request, so that suspension, deletion and the end of a
 * session take effect immediately (security 40, 49).
 * @throws Problem user_not_found, user_inactive, token_not_valid
 */
export async function loadPrincipal(db: Database, { userId, sessionId }: AccessClaims): Promise<Principal> {
  const user = await db.maybeOne(findPrincipal({ userId, sessionId }))
  if (!user) throw new Problem('user_not_found')
  if (!user.is_active) throw new Problem('user_inactive')
  if (!user.session_live) throw new Problem('token_not_valid', { cause: 'session ended' })
  return { user, sessionId }
}

/** Requires that a user has all of the roles. No user has an unknown role. @throws Problem permission_denied */
export function requireRoles({ user }: Principal, roles: readonly string[]): void {
  const held = user.is_superuser ? ['superuser'] : []
  if (!roles.every((role) => held.includes(role))) throw new Problem('permission_denied')
}

/** Checks whether a request with this access token would be authenticated now. */
export async function isAccessTokenLive(db: Database, { userId, sessionId }: AccessClaims): Promise<boolean> {
  const user = await db.maybeOne(findPrincipal({ userId, sessionId }))
  return user !== null && user.is_active && user.session_live
}

/**
 * Decides whose records a user may read. Superusers may read the records of all users, other users only their own
 * (security 76).
 * @param userId the user whose records are requested; undefined to request all records that are permitted
 * @returns the id of the user whose records may be read; undefined if the records of all users may be read
 * @throws Problem permission_denied
 */
export function requireRecordAccess({ user }: Principal, userId: string | undefined): string | undefined {
  if (user.is_superuser) return userId
  if (userId !== undefined && userId.toLowerCase() !== user.id) throw new Problem('permission_denied')
  return user.id
}
