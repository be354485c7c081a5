import { findPrincipals, type FindPrincipalsRow } from '../../../generated/queries.ts'
import { Batch } from '../../db/batch.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { AccessClaims } from './tokens.ts'

/**
 * The user and the session of an authenticated request. The user's columns are read from the database for each
 * request.
 */
export type Principal = { user: FindPrincipalsRow; sessionId: string }

export type PrincipalLoader = (claims: AccessClaims) => Promise<Principal>

/**
 * Makes a function that loads the user and session of an access token. `findPrincipals` in sql/queries/sessions.sql
 * decides whether the session is active. It runs after each call, so that suspension, deletion and the end of a session
 * take effect immediately (security 40, 49). One statement serves all calls in the same turn of the event loop.
 */
export function createPrincipalLoader(db: Database): PrincipalLoader {
  const batch = new Batch((claims: readonly AccessClaims[]) => readPrincipals(db, claims))
  return async (claims) => {
    const user = await batch.read(claims)
    if (!user) throw new Problem('user_not_found')
    if (!user.is_active) throw new Problem('user_inactive')
    if (!user.session_live) throw new Problem('token_not_valid', { cause: 'session ended' })
    return { user, sessionId: claims.sessionId }
  }
}

/** Reads the user of each access token, in the order of the tokens. A user who does not exist is undefined. */
async function readPrincipals(
  db: Database,
  claims: readonly AccessClaims[],
): Promise<(FindPrincipalsRow | undefined)[]> {
  const userIds = claims.map(({ userId }) => userId)
  const sessionIds = claims.map(({ sessionId }) => sessionId)
  const rows = await db.any(findPrincipals({ userIds, sessionIds }))
  const users: (FindPrincipalsRow | undefined)[] = claims.map(() => undefined)
  for (const row of rows) users[row.ordinal - 1] = row
  return users
}

/** Requires that a user has all of the roles. No user has an unknown role. @throws Problem permission_denied */
export function requireRoles({ user }: Principal, roles: readonly string[]): void {
  const held = user.is_superuser ? ['superuser'] : []
  if (!roles.every((role) => held.includes(role))) throw new Problem('permission_denied')
}

/** Checks whether a request with this access token would be authenticated now. */
export async function isAccessTokenLive(db: Database, { userId, sessionId }: AccessClaims): Promise<boolean> {
  const [user] = await db.any(findPrincipals({ userIds: [userId], sessionIds: [sessionId] }))
  return user !== undefined && user.is_active && user.session_live
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
