import { readUserClaims } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import type { TokenPair, TokenSession, Tokens, UserClaims } from './tokens.ts'

type Services = { db: Database; tokens: Tokens; config: { accessTokenClaims: readonly (keyof UserClaims)[] } }

/** Issues the tokens of a session, with the claims about its user that ACCESS_TOKEN_CLAIMS names. */
export async function issueTokens({ db, tokens, config }: Services, session: TokenSession): Promise<TokenPair> {
  const names = config.accessTokenClaims
  if (names.length === 0) return tokens.issuePair(session)
  const user = await db.maybeOne(readUserClaims({ userId: session.user_id }))
  if (!user) return tokens.issuePair(session) // the user was deleted in the meantime, so the tokens will be refused
  const { is_superuser, ...plain } = user
  const all: Required<UserClaims> = { ...plain, roles: is_superuser ? ['superuser'] : [] }
  return tokens.issuePair(session, Object.fromEntries(names.map((name) => [name, all[name]])))
}
