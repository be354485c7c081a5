import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { Services } from '../../src/operations/context.ts'

/** The tokens that a verifying product gets. The product must accept only `genuine`, a token of the user `userId`. */
export type TokenSamples = { userId: string; genuine: string; forged: Record<string, string> }

/** Creates a valid access token, and invalid tokens with one error each (security 43–48). */
export function makeTokenSamples({ keyring, tokens, config }: Services): TokenSamples {
  const now = Math.floor(Date.now() / 1000)
  const userId = randomUUID()
  const session = { user_id: userId, id: randomUUID(), generation: 1, issued_at: now, idle_until: now + 3600 }
  const { access, refresh } = tokens.issuePair(session)
  const [header = '', payload = '', signature = ''] = access.split('.')
  const { kid, privateKey } = keyring.current
  const claims = jwt.decode(access) as jwt.JwtPayload
  const otherKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  const sign = (changes: object, headers: object = {}, key = privateKey) =>
    jwt.sign(JSON.stringify({ ...claims, ...changes }), key, {
      algorithm: 'ES256',
      header: { alg: 'ES256', typ: 'at+jwt', kid, ...headers },
    })
  const signBy = (algorithm: 'none' | 'HS256', key: string) =>
    jwt.sign(claims, key, { algorithm, header: { alg: algorithm, typ: 'at+jwt', kid } })
  const changedPayload = Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url')

  const forged = {
    'another-payload': `${header}.${changedPayload}.${signature}`,
    'zero-signature': `${header}.${payload}.${'A'.repeat(86)}`,
    'no-signature': `${header}.${payload}.`,
    'alg-none': signBy('none', ''),
    'public-key-as-secret': signBy('HS256', createPublicKey(privateKey).export({ format: 'pem', type: 'spki' })),
    'another-key': sign({}, {}, otherKeys.privateKey),
    'a-key-of-its-own': sign({}, { jwk: otherKeys.publicKey.export({ format: 'jwk' }) }, otherKeys.privateKey),
    'an-unknown-kid': sign({}, { kid: 'unknown' }),
    'another-key-without-kid': sign({}, { kid: undefined }, otherKeys.privateKey),
    'refresh-token': refresh,
    'typ-jwt': sign({}, { typ: 'JWT' }),
    'without-typ': sign({}, { typ: undefined }),
    'unknown-crit': sign({}, { crit: ['unknown'], unknown: true }),
    'another-issuer': sign({ iss: `${config.jwtIssuer}.example` }),
    'without-iss': sign({ iss: undefined }),
    'another-audience': sign({ aud: 'https://other.example.com' }),
    'without-aud': sign({ aud: undefined }),
    expired: sign({ exp: now - 120 }),
    'not-yet-valid': sign({ nbf: now + 3600, exp: now + 7200 }),
    'without-exp': sign({ exp: undefined }),
    'without-sub': sign({ sub: undefined }),
  }
  return { userId, genuine: access, forged }
}
