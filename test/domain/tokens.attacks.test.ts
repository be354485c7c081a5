import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { decode } from '../support/tokens.ts'
import { assertRefused, origin, startSigning, type Attack, type Signing } from './support/signing.ts'

const now = Math.floor(Date.now() / 1000)

describe('access tokens, one thing wrong about each', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let signing: Signing

  before(async () => {
    signing = await startSigning()
  })
  after(() => signing.stop())

  const publicKeyAs = (form: (key: KeyObject) => string | Buffer) => () =>
    createSecretKey(Buffer.from(form(createPublicKey(signing.keyring.current.privateKey))))
  const byPublicKey = (form: (key: KeyObject) => string | Buffer) => (): Attack => ({
    header: { alg: 'HS256' },
    key: publicKeyAs(form)(),
  })
  const table: [string, () => Attack][] = [
    ['alg none (43)', () => ({ header: { alg: 'none' }, unsigned: true })],
    ['alg NonE (43)', () => ({ header: { alg: 'NonE' }, unsigned: true })],
    ['no alg (43)', () => ({ header: { alg: undefined }, unsigned: true })],
    ['ES256 without a signature (43)', () => ({ unsigned: true })],
    ['HS256 with the public key in PEM (43)', byPublicKey((key) => key.export({ format: 'pem', type: 'spki' }))],
    ['HS256 with the public key in DER (43)', byPublicKey((key) => key.export({ format: 'der', type: 'spki' }))],
    ['HS256 with the public JWK (43)', byPublicKey((key) => JSON.stringify(key.export({ format: 'jwk' })))],
    ['HS256 with the refresh key (43)', () => ({ header: { alg: 'HS256' }, key: signing.secrets.refreshTokens })],
    [
      'HS256 with the refresh key and its kid (43)',
      () => ({ header: { alg: 'HS256', kid: signing.secrets.id }, key: signing.secrets.refreshTokens }),
    ],
    ['another key (43)', () => ({ key: stranger.privateKey })],
    [
      'a jwk of its own (44)',
      () => ({ key: stranger.privateKey, header: { jwk: stranger.publicKey.export({ format: 'jwk' }) } }),
    ],
    [
      'jku and x5u (44)',
      () => ({ key: stranger.privateKey, header: { jku: 'http://evil.test/jwks', x5u: 'http://evil.test/x5u' } }),
    ],
    ['an unknown kid (44)', () => ({ header: { kid: 'other' } })],
    ['a kid that is a path (44)', () => ({ header: { kid: '../../dev/null' } })],
    ['a kid that is on every object (44)', () => ({ header: { kid: '__proto__' } })],
    ['a kid that is no text (44)', () => ({ header: { kid: [signing.keyring.current.kid] } })],
    ['no kid (44)', () => ({ header: { kid: undefined } })],
    ['crit (45)', () => ({ header: { crit: ['exp'] } })],
    ['an unknown crit (45)', () => ({ header: { crit: ['gatehouse'], gatehouse: true } })],
    ['typ JWT (46)', () => ({ header: { typ: 'JWT' } })],
    ['typ refresh+jwt (46)', () => ({ header: { typ: 'refresh+jwt' } })],
    ['no typ (46)', () => ({ header: { typ: undefined } })],
    ['token_type refresh (46)', () => ({ claims: { token_type: 'refresh' } })],
    ['no token_type (46)', () => ({ claims: { token_type: undefined } })],
    ['another iss (47)', () => ({ claims: { iss: `${origin}.evil.test` } })],
    ['iss with a final slash (47)', () => ({ claims: { iss: `${origin}/` } })],
    ['iss as a list (47)', () => ({ claims: { iss: [origin] } })],
    ['no iss (47)', () => ({ claims: { iss: undefined } })],
    ['another aud (47)', () => ({ claims: { aud: 'http://other.test' } })],
    ['aud as a list that ours is in (47)', () => ({ claims: { aud: ['http://other.test', origin] } })],
    ['no aud (47)', () => ({ claims: { aud: undefined } })],
    ['no exp (48)', () => ({ claims: { exp: undefined } })],
    ['exp as text (48)', () => ({ claims: { exp: String(now + 300) } })],
    [
      'exp beyond any number (48)',
      () => ({ text: JSON.stringify(decode(signing.pair.access).claims).replace(/"exp":\d+/, '"exp":1e400') }),
    ],
    ['exp over, skew and all (48)', () => ({ claims: { exp: now - 8 } })],
    ['no iat (48)', () => ({ claims: { iat: undefined } })],
    ['iat as text (48)', () => ({ claims: { iat: String(now) } })],
    ['iat in the future, beyond the skew (48)', () => ({ claims: { iat: now + 30 } })],
    ['nbf in the future, beyond the skew (48)', () => ({ claims: { nbf: now + 30 } })],
    ['no sub (48)', () => ({ claims: { sub: undefined } })],
    ['sub that is no id (48)', () => ({ claims: { sub: "' or true --" } })],
    ['sub as a list (48)', () => ({ claims: { sub: [signing.session.user_id] } })],
    ['no sid (48)', () => ({ claims: { sid: undefined } })],
    ['sid as a list (48)', () => ({ claims: { sid: [signing.session.id] } })],
    ['no jti (48)', () => ({ claims: { jti: undefined } })],
    ['a payload that is text', () => ({ text: '"text"' })],
    ['a payload that is null', () => ({ text: 'null' })],
    ['a payload that is not JSON', () => ({ text: '{' })],
  ]
  for (const [title, attack] of table) {
    it(`refuses an access token with ${title}`, async () => {
      const token = signing.access(attack())
      await assertRefused(() => signing.tokens.readAccess(token))
      await assertRefused(() => signing.tokens.readEither(token))
    })
  }
})
