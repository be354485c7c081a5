import type { KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { Problem } from '../../problems.ts'
import { clockSkew, type Clock } from '../clock.ts'

/** The properties that a valid token must have. */
export type ExpectedToken = {
  algorithm: 'ES256' | 'HS256'
  /** The `typ` of the header. */
  type: string
  /** The claim `token_type`. */
  tokenType: 'access' | 'refresh'
  issuer: string
  audience: string
  ignoreExpiration: boolean
  findKey: (kid: string) => KeyObject | undefined | Promise<KeyObject | undefined>
}
export type VerifiedToken = { claims: jwt.JwtPayload; userId: string; sessionId: string; kid: string; key: KeyObject }

// The longest token, in characters, as in openapi.yaml. The Authorization header could contain 16 KiB.
const maxLength = 4096
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const tokenId = /^[0-9a-f]{32}$/

/**
 * Verifies a token with jsonwebtoken, and makes the checks that jsonwebtoken does not make (RFC 8725). jsonwebtoken
 * accepts a token without exp, any typ, an unknown crit, an iat in the future, an nbf that is not a finite number, an
 * aud list that contains our audience, and several encodings of one signature.
 * @throws Problem token_not_valid (security 43–48)
 */
export async function verifyToken(clock: Clock, token: string, expected: ExpectedToken): Promise<VerifiedToken> {
  const header = decodeHeader(token)
  if (header?.typ !== expected.type || header.crit !== undefined) throw notValid('another type')
  const kid = typeof header.kid === 'string' ? header.kid : ''
  const key = await expected.findKey(kid)
  if (!key) throw notValid('unknown key')
  const now = clock.now()
  const claims = verifyByLibrary(token, key, expected, now)
  const { sub, sid, jti, exp, iat, nbf = iat, aud, token_type } = claims as Record<string, unknown>
  if (token_type !== expected.tokenType) throw notValid('another token type')
  if (aud !== expected.audience) throw notValid('another audience')
  if (![exp, iat, nbf].every(Number.isFinite) || Number(iat) > now + clockSkew) throw notValid('times')
  if (typeof jti !== 'string' || typeof sub !== 'string' || typeof sid !== 'string') throw notValid('missing claims')
  if (!tokenId.test(jti) || !uuid.test(sub) || !uuid.test(sid)) throw notValid('malformed ids')
  return { claims, userId: sub, sessionId: sid, kid, key }
}

/** Decodes the header of a token without verifying it. @returns undefined if the token is malformed or too long */
export function decodeHeader(token: string): (jwt.JwtHeader & { crit?: unknown }) | undefined {
  try {
    return token.length <= maxLength && isCanonical(token) ? jwt.decode(token, { complete: true })?.header : undefined
  } catch {
    return undefined
  }
}

export function notValid(cause: unknown): Problem {
  return new Problem('token_not_valid', { cause })
}

function verifyByLibrary(token: string, key: KeyObject, expected: ExpectedToken, now: number): jwt.JwtPayload {
  const { algorithm, issuer, audience, ignoreExpiration } = expected
  const times = { clockTimestamp: now, clockTolerance: clockSkew, ignoreExpiration }
  try {
    const claims = jwt.verify(token, key, { algorithms: [algorithm], issuer, audience, ...times })
    if (typeof claims === 'string') throw notValid('not an object')
    return claims
  } catch (error) {
    throw error instanceof Problem ? error : notValid(reasonOf(error))
  }
}

/** Returns a reason for the log. A message that is not jsonwebtoken's own could contain a part of the token. */
function reasonOf(error: unknown): unknown {
  if (error instanceof jwt.TokenExpiredError) return 'token expired'
  return error instanceof jwt.JsonWebTokenError ? error.message : error
}

/**
 * Checks that a token has three parts in canonical base64url. Without this check one token would have several
 * encodings, which differ in the unused bits of a part's last letter.
 */
function isCanonical(token: string): boolean {
  const parts = token.split('.', 4)
  return parts.length === 3 && parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
}
