import type { Operation } from 'openapi-backend'

/**
 * How requests are authenticated. `Claims` are the claims of an access token. `Principal` is the user and the session
 * that the claims name.
 */
export type Authentication<Claims extends object, Principal> = {
  /** Verifies an access token without a statement to the database. */
  verify: (accessToken: string) => Promise<Claims>
  /** Loads the user and the session that the claims of a token name. */
  authenticate: (claims: Claims) => Promise<Principal>
  /** Refuses a principal who lacks one of the roles. */
  authorize: (principal: Principal, roles: readonly string[]) => void
}

export function isPublic({ security = [] }: Operation): boolean {
  return security.length === 0
}

/** Loads the principal that a verified token names, and requires the roles that the operation's `security` lists. */
export async function admit<Claims extends object, Principal>(
  { authenticate, authorize }: Authentication<Claims, Principal>,
  { security = [] }: Operation,
  claims: Claims,
): Promise<Principal> {
  const principal = await authenticate(claims)
  authorize(principal, security.flatMap(Object.values<string[]>).flat())
  return principal
}
