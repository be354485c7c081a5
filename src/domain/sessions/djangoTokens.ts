/** Refresh tokens of djangorestframework-simplejwt, which imported users still have when a product switches. */
import jwt from 'jsonwebtoken'
import { claimDjangoToken, lockLegacyUser } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import type { Client } from '../client.ts'
import { clockSkew, type Clock } from '../clock.ts'
import type { RateLimit } from '../../problems.ts'
import { startSession, type SessionServices } from './startSession.ts'
import type { TokenSession } from './tokens.ts'
import { decodeHeader, notValid } from './verifyToken.ts'

type Services = SessionServices & { db: Database; clock: Clock }
type DjangoClaims = { jti: string; legacyId: string; issuedAt: number; expiresAt: number }

/** Whether a token has the header of simplejwt, which names no key, and another type than the tokens of the service. */
export function isDjangoToken(token: string): boolean {
  const header = decodeHeader(token)
  return header?.typ === 'JWT' && header.alg === 'HS256' && header.kid === undefined
}

/**
 * Exchanges a refresh token of simplejwt for a session. Each token is exchanged once. A token is refused if all
 * sessions of its user were ended after it was issued, for example by a new password.
 * @param signingKey the key with which Django signed the token (DJANGO_SIGNING_KEY)
 * @throws Problem token_not_valid, throttled
 */
export async function exchangeDjangoToken(
  services: Services,
  { token, signingKey }: { token: string; signingKey: string },
  client: Client,
): Promise<{ session: TokenSession; rateLimit: RateLimit | undefined }> {
  const { db, clock, limits } = services
  const { jti, legacyId, issuedAt, expiresAt } = verify(token, signingKey, clock.now())
  const { rateLimit } = await limits.refresh.consume(jti)
  const session = await db.transaction(async (transaction) => {
    const user = await transaction.maybeOne(lockLegacyUser({ legacyId, issuedAt }))
    if (!user) throw notValid('Django: no such user, suspended, or sessions ended')
    const claimed = await transaction.maybeOne(claimDjangoToken({ jti, expiresAt }))
    if (!claimed) throw notValid('Django: exchanged before, or in the blacklist')
    return startSession(transaction, services, user, client)
  })
  return { session, rateLimit }
}

function verify(token: string, signingKey: string, now: number): DjangoClaims {
  const claims = verifyByLibrary(token, signingKey, now)
  const { jti, user_id: userId, iat, exp, token_type: type } = claims as Record<string, unknown>
  if (type !== 'refresh') throw notValid('Django: another token type')
  const isUserId = typeof userId === 'string' || Number.isSafeInteger(userId)
  if (typeof jti !== 'string' || !/^[!-~]{1,255}$/.test(jti) || !isUserId) throw notValid('Django: malformed ids')
  if (!Number.isFinite(iat) || !Number.isFinite(exp) || Number(iat) > now + clockSkew) throw notValid('Django: times')
  return { jti, legacyId: String(userId), issuedAt: Number(iat), expiresAt: Number(exp) }
}

function verifyByLibrary(token: string, signingKey: string, now: number): jwt.JwtPayload {
  try {
    const times = { clockTimestamp: now, clockTolerance: clockSkew }
    const claims = jwt.verify(token, signingKey, { algorithms: ['HS256'], ...times })
    if (typeof claims !== 'string') return claims
  } catch (error) {
    throw notValid(error instanceof jwt.TokenExpiredError ? 'Django: token expired' : 'Django: signature or form')
  }
  throw notValid('Django: not an object')
}
