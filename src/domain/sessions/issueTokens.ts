import { readUserClaims } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import type { TokenPair, TokenSession, Tokens, UserClaims } from './tokens.ts'

type Services = {
  db: Database
  tokens: Tokens
  config: { accessTokenClaims: readonly Exclude<keyof UserClaims, 'user_id'>[]; userIdClaim: 'id' | 'legacy' }
}

/**
 * Issues the tokens of a session, with the claims about its user that ACCESS_TOKEN_CLAIMS and USER_ID_CLAIM choose.
 */
export async function issueTokens({ db, tokens, config }: Services, session: TokenSession): Promise<TokenPair> {
  const names = config.accessTokenClaims
  if (names.length === 0 && config.userIdClaim === 'id') return tokens.issuePair(session)
  const user = await db.maybeOne(readUserClaims({ userId: session.user_id }))
  if (!user) return tokens.issuePair(session) // the user was deleted in the meantime, so the tokens will be refused
  const { is_superuser, email, language, legacy_id } = user
  const all = { email, language, roles: is_superuser ? ['superuser'] : [] }
  const claims: UserClaims = Object.fromEntries(names.map((name) => [name, all[name]]))
  if (config.userIdClaim === 'legacy' && legacy_id !== null) claims.user_id = toIdClaim(legacy_id)
  return tokens.issuePair(session, claims)
}

/** Returns an integer as a number, because the services that need a legacy id compare it with an integer. */
function toIdClaim(legacyId: string): string | number {
  const number = Number(legacyId)
  return Number.isSafeInteger(number) && String(number) === legacyId ? number : legacyId
}
