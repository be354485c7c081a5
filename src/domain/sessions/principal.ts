import { findPrincipal, type FindPrincipalRow } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../problems.ts'
import type { AccessClaims } from './tokens.ts'

/** Who is signed in: the user as the database has them now, and the session. */
export type Principal = { user: FindPrincipalRow; sessionId: string }

/**
 * One statement for each authenticated request: it finds suspension, deletion and ended sessions at once (security 40, 49).
 * @throws Problem user_not_found, user_inactive, token_not_valid
 */
export async function loadPrincipal(db: Database, { userId, sessionId }: AccessClaims): Promise<Principal> {
  const user = await db.maybeOne(findPrincipal({ userId, sessionId }))
  if (!user) throw new Problem('user_not_found')
  if (!user.is_active) throw new Problem('user_inactive')
  if (!user.session_live) throw new Problem('token_not_valid', { cause: 'session_over' })
  return { user, sessionId }
}

/** @throws Problem permission_denied without the roles; a role that is not known here is nobody's */
export function requireRoles({ user }: Principal, roles: readonly string[]): void {
  const held = user.is_superuser ? ['superuser'] : []
  if (!roles.every((role) => held.includes(role))) throw new Problem('permission_denied')
}

/** Whether an access token would be answered now. */
export async function isAccessTokenLive(db: Database, { userId, sessionId }: AccessClaims): Promise<boolean> {
  const user = await db.maybeOne(findPrincipal({ userId, sessionId }))
  return user !== null && user.is_active && user.session_live
}

/**
 * Whose records somebody may see (security 76).
 * @param user whose they ask for
 * @returns undefined for everybody's
 * @throws Problem permission_denied
 */
export function requireRecordAccess({ user: asker }: Principal, user: string | undefined): string | undefined {
  if (asker.is_superuser) return user
  if (user !== undefined && user.toLowerCase() !== asker.id) throw new Problem('permission_denied')
  return asker.id
}
