// Longer than 150 lines: both kinds of tokens are signed and read by the same rules, which are best seen side by side.
import { randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { Problem } from '../../problems.ts'
import { clockSkew, type Clock } from '../clock.ts'
import type { Keyring } from '../keys/keyring.ts'
import { findSecret, type Secrets } from '../keys/secrets.ts'

export type TokenPair = { access: string; refresh: string }
/** What a session gives to its tokens; times in seconds since 1970, by the database's clock. */
export type TokenSession = { user_id: string; id: string; generation: number; issued_at: number; idle_until: number }
export type AccessClaims = { userId: string; sessionId: string }
export type RefreshClaims = { userId: string; sessionId: string; generation: number }

type Settings = { issuer: string; audience: string; accessLifetime: number }
type Dependencies = { keyring: Keyring; secrets: Secrets; clock: Clock } & Settings

const accessType = 'at+jwt' // RFC 9068
const refreshType = 'refresh+jwt'
const maxLength = 4096 // the contract's; a header field could bring 16 KiB
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const tokenId = /^[0-9a-f]{32}$/

/** Signs and verifies both kinds of tokens: access by ES256 and the JWKS, refresh by a key that is never published. */
export class Tokens {
  readonly #at: Dependencies

  constructor(dependencies: Dependencies) {
    this.#at = dependencies
  }

  /** @throws Problem unavailable until the signing keys are loaded */
  issuePair(session: TokenSession): TokenPair {
    const { keyring, secrets, issuer, audience, accessLifetime } = this.#at
    const claims = (type: string, expires: number) => ({
      token_type: type,
      exp: expires,
      iat: session.issued_at,
      jti: randomBytes(16).toString('hex'),
      user_id: session.user_id,
      sub: session.user_id,
      sid: session.id,
      iss: issuer,
      aud: audience,
    })
    const { kid, privateKey } = keyring.current
    const access = jwt.sign(claims('access', session.issued_at + accessLifetime), privateKey, {
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

  /** @throws Problem token_not_valid (security 43–48) */
  async verifyAccess(token: string): Promise<AccessClaims> {
    const find = (kid: string) => this.#at.keyring.findPublicKey(kid)
    const { userId, sessionId } = await this.#read(token, {
      algorithm: 'ES256',
      type: accessType,
      tokenType: 'access',
      find,
    })
    return { userId, sessionId }
  }

  /** @throws Problem token_not_valid */
  verifyRefresh(token: string): Promise<RefreshClaims> {
    return this.#readRefresh(token, false)
  }

  /** Takes a token of either type. @throws Problem token_not_valid */
  verifyAny(token: string): Promise<AccessClaims | RefreshClaims> {
    return decodeHeader(token)?.typ === refreshType ? this.verifyRefresh(token) : this.verifyAccess(token)
  }

  /** Any refresh token of ours, expired ones included: who signs out may come late (RFC 7009). */
  async verifyRefreshOrExpired(token: string): Promise<RefreshClaims | undefined> {
    try {
      return await this.#readRefresh(token, true)
    } catch (error) {
      if (error instanceof Problem && error.code === 'token_not_valid') return undefined
      throw error
    }
  }

  async #readRefresh(token: string, expired: boolean): Promise<RefreshClaims> {
    const find = (kid: string) => findSecret(this.#at.secrets, kid)?.refreshTokens
    const read = await this.#read(token, { algorithm: 'HS256', type: refreshType, tokenType: 'refresh', find, expired })
    const generation: unknown = read.claims['gen']
    if (!Number.isSafeInteger(generation)) throw notValid('no generation')
    return { userId: read.userId, sessionId: read.sessionId, generation: Number(generation) }
  }

  /**
   * jsonwebtoken accepts a token without exp, any typ, an unknown crit, an iat in the future, an nbf that is no finite number,
   * and a signature in several spellings: all of that is checked here (RFC 8725).
   */
  async #read(
    token: string,
    expected: {
      algorithm: 'ES256' | 'HS256'
      type: string
      tokenType: string
      find: (kid: string) => KeyObject | undefined | Promise<KeyObject | undefined>
      expired?: boolean
    },
  ): Promise<{ claims: jwt.JwtPayload; userId: string; sessionId: string }> {
    const header = decodeHeader(token)
    if (header?.typ !== expected.type || header.crit !== undefined) throw notValid('another type')
    const key = await expected.find(typeof header.kid === 'string' ? header.kid : '')
    if (!key) throw notValid('unknown key')
    const now = this.#at.clock.now()
    const claims = this.#verify(token, key, expected.algorithm, { now, expired: expected.expired ?? false })
    const { sub, sid, jti, exp, iat, nbf = iat, aud, token_type } = claims as Record<string, unknown>
    if (token_type !== expected.tokenType) throw notValid('another token type')
    if (aud !== this.#at.audience) throw notValid('another audience') // jsonwebtoken takes a list that ours is in
    if (![exp, iat, nbf].every(Number.isFinite) || Number(iat) > now + clockSkew) throw notValid('times')
    if (typeof jti !== 'string' || typeof sub !== 'string' || typeof sid !== 'string') throw notValid('missing claims')
    if (!tokenId.test(jti) || !uuid.test(sub) || !uuid.test(sid)) throw notValid('malformed ids')
    return { claims, userId: sub, sessionId: sid }
  }

  #verify(
    token: string,
    key: KeyObject,
    algorithm: 'ES256' | 'HS256',
    { now, expired }: { now: number; expired: boolean },
  ): jwt.JwtPayload {
    const { issuer, audience } = this.#at
    const options = {
      algorithms: [algorithm],
      issuer,
      audience,
      clockTimestamp: now,
      clockTolerance: clockSkew,
      ignoreExpiration: expired,
    }
    try {
      const claims = jwt.verify(token, key, options)
      if (typeof claims === 'string') throw notValid('not an object')
      return claims
    } catch (error) {
      throw error instanceof Problem ? error : notValid(error)
    }
  }
}

function decodeHeader(token: string): (jwt.JwtHeader & { crit?: unknown }) | undefined {
  try {
    return token.length <= maxLength && isCanonical(token) ? jwt.decode(token, { complete: true })?.header : undefined
  } catch {
    return undefined
  }
}

/** Three parts, each of base64url as it is written: a last letter's unused bits would let one token have many spellings. */
function isCanonical(token: string): boolean {
  const parts = token.split('.', 4)
  return parts.length === 3 && parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
}

function notValid(cause: unknown): Problem {
  return new Problem('token_not_valid', { cause })
}
