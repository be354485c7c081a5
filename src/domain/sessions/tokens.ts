import { randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { Problem } from '../../problems.ts'
import type { Clock } from '../clock.ts'
import type { Keyring } from '../keys/keyring.ts'
import { findSecret, type Secrets } from '../keys/secrets.ts'
import { VerifiedTokens } from './verifiedTokens.ts'
import { decodeHeader, notValid, verifyToken } from './verifyToken.ts'

export type TokenPair = { access: string; refresh: string }
/** The state of a session that its tokens contain. Times are in seconds since 1970, by the database's clock. */
export type TokenSession = { user_id: string; id: string; generation: number; issued_at: number; idle_until: number }
export type AccessClaims = { userId: string; sessionId: string }
export type RefreshClaims = { userId: string; sessionId: string; generation: number }

/**
 * The claims about the user, which access tokens have if ACCESS_TOKEN_CLAIMS names them (`roles`: RFC 9068, 2.2.3.1).
 * `user_id` replaces the user's id in the claim of this name (USER_ID_CLAIM).
 */
export type UserClaims = { email?: string; language?: string; roles?: string[]; user_id?: string | number }

type Settings = { issuer: string; audience: string; accessLifetime: number }
type Dependencies = { keyring: Keyring; secrets: Secrets; clock: Clock } & Settings

const accessType = 'at+jwt' // RFC 9068
const refreshType = 'refresh+jwt'

/**
 * Issues and verifies tokens. Access tokens are signed by ES256 with a key of the JWKS. Refresh tokens are signed by
 * HS256 with a key that is derived from SECRET_KEY.
 */
export class Tokens {
  readonly #dependencies: Dependencies
  readonly #verified = new VerifiedTokens<AccessClaims>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Issues an access and a refresh token.
   * @param userClaims further claims of the access token
   * @throws Problem unavailable while the signing keys are not loaded
   */
  issuePair(session: TokenSession, userClaims: UserClaims = {}): TokenPair {
    const { keyring, secrets, issuer, audience, accessLifetime } = this.#dependencies
    const claims = (type: string, expiresAt: number) => ({
      token_type: type,
      exp: expiresAt,
      iat: session.issued_at,
      jti: randomUUID().replaceAll('-', ''), // the form that simplejwt gives it
      user_id: session.user_id,
      sub: session.user_id,
      sid: session.id,
      iss: issuer,
      aud: audience,
    })
    const { kid, privateKey } = keyring.current
    const access = jwt.sign({ ...claims('access', session.issued_at + accessLifetime), ...userClaims }, privateKey, {
      algorithm: 'ES256',
      header: { alg: 'ES256', typ: accessType, kid },
    })
    const refresh = jwt.sign(
      { ...claims('refresh', session.idle_until), gen: session.generation },
      secrets.refreshTokens,
      {
        algorithm: 'HS256',
        header: { alg: 'HS256', typ: refreshType, kid: secrets.id },
      },
    )
    return { access, refresh }
  }

  /**
   * Verifies an access token (security 43–48). A token that was verified before needs no second verification of its
   * signature; the caller reads the session and the user each time.
   * @throws Problem token_not_valid
   */
  async verifyAccess(token: string): Promise<AccessClaims> {
    const { clock, keyring, issuer, audience } = this.#dependencies
    const findKey = (kid: string) => keyring.findPublicKey(kid)
    const known = await this.#verified.find(token, clock.now(), findKey)
    if (known) return known
    const { claims, key, kid, userId, sessionId } = await verifyToken(clock, token, {
      algorithm: 'ES256',
      type: accessType,
      tokenType: 'access',
      issuer,
      audience,
      ignoreExpiration: false,
      findKey,
    })
    const { iat = 0, nbf = iat, exp = 0 } = claims
    const access = { userId, sessionId }
    this.#verified.add(token, { claims: access, kid, key, validFrom: Math.max(iat, nbf), expiresAt: exp })
    return access
  }

  /** Verifies a refresh token (security 43–48). @throws Problem token_not_valid */
  verifyRefresh(token: string): Promise<RefreshClaims> {
    return this.#verifyRefresh(token, { ignoreExpiration: false })
  }

  /** Verifies a token of either type. @throws Problem token_not_valid */
  verifyAny(token: string): Promise<AccessClaims | RefreshClaims> {
    return decodeHeader(token)?.typ === refreshType ? this.verifyRefresh(token) : this.verifyAccess(token)
  }

  /**
   * Verifies the refresh token of a sign-out. An expired token is accepted, too (RFC 7009).
   * @returns undefined if the token is not valid
   */
  async verifyRefreshOrExpired(token: string): Promise<RefreshClaims | undefined> {
    try {
      return await this.#verifyRefresh(token, { ignoreExpiration: true })
    } catch (error) {
      if (error instanceof Problem && error.code === 'token_not_valid') return undefined
      throw error
    }
  }

  async #verifyRefresh(token: string, { ignoreExpiration }: { ignoreExpiration: boolean }): Promise<RefreshClaims> {
    const { clock, secrets, issuer, audience } = this.#dependencies
    const { claims, userId, sessionId } = await verifyToken(clock, token, {
      algorithm: 'HS256',
      type: refreshType,
      tokenType: 'refresh',
      issuer,
      audience,
      ignoreExpiration,
      findKey: (kid) => findSecret(secrets, kid)?.refreshTokens,
    })
    const generation: unknown = claims['gen']
    if (!Number.isSafeInteger(generation)) throw notValid('no generation')
    return { userId, sessionId, generation: Number(generation) }
  }
}
