import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { Services } from '../../src/operations/context.ts'

/** What the example of a product that verifies tokens reads, and what it has to print about each. */
export type Verification = { input: string; verdicts: string[] }

/** A genuine access token, and tokens that have one thing wrong about each (security 43–48); by name. */
export function makeVerification({ keyring, tokens, config }: Services): Verification {
  const now = Math.floor(Date.now() / 1000)
  const userId = randomUUID()
  const session = { user_id: userId, id: randomUUID(), generation: 1, issued_at: now, idle_until: now + 3600 }
  const { access, refresh } = tokens.issuePair(session)
  const [header = '', payload = '', signature = ''] = access.split('.')
  const { kid, privateKey } = keyring.current
  const claims = jwt.decode(access) as jwt.JwtPayload
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  const signed = (changes: object, more: object = {}, key = privateKey) =>
    jwt.sign(JSON.stringify({ ...claims, ...changes }), key, {
      algorithm: 'ES256',
      header: { alg: 'ES256', typ: 'at+jwt', kid, ...more },
    })
  const by = (algorithm: 'none' | 'HS256', key: string) =>
    jwt.sign(claims, key, { algorithm, header: { alg: algorithm, typ: 'at+jwt', kid } })
  const edited = Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url')

  const wrong: Record<string, string> = {
    'another-payload': `${header}.${edited}.${signature}`,
    'zero-signature': `${header}.${payload}.${'A'.repeat(86)}`,
    'no-signature': `${header}.${payload}.`,
    'alg-none': by('none', ''),
    'public-key-as-secret': by('HS256', createPublicKey(privateKey).export({ format: 'pem', type: 'spki' })),
    'another-key': signed({}, {}, other.privateKey),
    'a-key-of-its-own': signed({}, { jwk: other.publicKey.export({ format: 'jwk' }) }, other.privateKey),
    'an-unknown-kid': signed({}, { kid: 'unknown' }),
    'refresh-token': refresh,
    'typ-jwt': signed({}, { typ: 'JWT' }),
    'unknown-crit': signed({}, { crit: ['unknown'], unknown: true }),
    'another-issuer': signed({ iss: `${config.jwtIssuer}.example` }),
    'another-audience': signed({ aud: 'https://other.example.com' }),
    expired: signed({ exp: now - 60 }),
    'without-exp': signed({ exp: undefined }),
    'without-sub': signed({ sub: undefined }),
  }
  const lines = [`genuine ${access}`, ...Object.entries(wrong).map((entry) => entry.join(' '))]
  const verdicts = [`genuine ${userId}`, ...Object.keys(wrong).map((name) => `${name} refused`)]
  return { input: `${lines.join('\n')}\n`, verdicts }
}
