import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { assertRefused, origin, startSigning, type Attack, type Signing } from '../keys/support/signing.ts'

const now = Math.floor(Date.now() / 1000)

/** Every row changes one thing about a genuine token of either kind; what both kinds take for wrong is refused for both. */
describe('tokens, one thing wrong about each', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let signing: Signing

  before(async () => {
    signing = await startSigning()
  })
  after(() => signing.stop())

  const publicKeyAs = (form: (key: KeyObject) => string | Buffer) => () =>
    createSecretKey(Buffer.from(form(createPublicKey(signing.keyring.current.privateKey))))
  const ownKid = () => createSecretKey(signing.keyring.current.kid, 'utf8')
  const certificate = ({ publicKey }: typeof stranger) =>
    publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  const byPublicKey = (form: (key: KeyObject) => string | Buffer) => (): Attack => ({
    header: { alg: 'HS256' },
    key: publicKeyAs(form)(),
  })
  const table: [string, () => Attack, only?: 'access' | 'refresh'][] = [
    ['alg none (security 43)', () => ({ header: { alg: 'none' }, unsigned: true })],
    ['alg NonE (security 43)', () => ({ header: { alg: 'NonE' }, unsigned: true })],
    ['no alg (security 43)', () => ({ header: { alg: undefined }, unsigned: true })],
    ['ES256 without a signature (security 43)', () => ({ unsigned: true })],
    [
      'HS256 with the public key in PEM (security 43)',
      byPublicKey((key) => key.export({ format: 'pem', type: 'spki' })),
    ],
    [
      'HS256 with the public key in DER (security 43)',
      byPublicKey((key) => key.export({ format: 'der', type: 'spki' })),
    ],
    ['HS256 with the public JWK (security 43)', byPublicKey((key) => JSON.stringify(key.export({ format: 'jwk' })))],
    [
      'HS256 with the refresh key (security 43)',
      () => ({ header: { alg: 'HS256' }, key: signing.secrets.refreshTokens }),
      'access',
    ],
    [
      'HS256 with the refresh key and its kid (security 43)',
      () => ({ header: { alg: 'HS256', kid: signing.secrets.id }, key: signing.secrets.refreshTokens }),
      'access',
    ],
    [
      'ES256 with the access key (security 43)',
      () => ({ header: { alg: 'ES256' }, key: signing.keyring.current.privateKey }),
      'refresh',
    ],
    [
      'ES256 with the access key and its kid (security 43)',
      () => ({
        header: { alg: 'ES256', kid: signing.keyring.current.kid },
        key: signing.keyring.current.privateKey,
      }),
      'refresh',
    ],
    ['HS384 with the genuine secret (security 43)', () => ({ header: { alg: 'HS384' } }), 'refresh'],
    ['HS512 with the genuine secret (security 43)', () => ({ header: { alg: 'HS512' } }), 'refresh'],
    [
      'HS256 with an empty secret (security 43)',
      () => ({ header: { alg: 'HS256' }, key: createSecretKey('', 'utf8') }),
    ],
    ['HS256 with the kid as the secret (security 43)', () => ({ header: { alg: 'HS256' }, key: ownKid() })],
    ['RS256 (security 43)', () => ({ header: { alg: 'RS256' }, key: rsa.privateKey })],
    ['PS256 (security 43)', () => ({ header: { alg: 'PS256' }, key: rsa.privateKey })],
    ['ES384 (security 43)', () => ({ header: { alg: 'ES384' } })],
    ['alg in lower case (security 43)', () => ({ header: { alg: 'es256' } }), 'access'],
    ['alg in lower case (security 43)', () => ({ header: { alg: 'hs256' } }), 'refresh'],
    ['alg with a space (security 43)', () => ({ header: { alg: 'ES256 ' } })],
    ['alg as a list (security 43)', () => ({ header: { alg: ['ES256'] } }), 'access'],
    ['alg as a list (security 43)', () => ({ header: { alg: ['HS256'] } }), 'refresh'],
    ['alg null (security 43)', () => ({ header: { alg: null } })],
    ['alg empty (security 43)', () => ({ header: { alg: '' } })],
    ['alg none and a genuine signature (security 43)', () => ({ header: { alg: 'none' } })],
    ['another key (security 43)', () => ({ key: stranger.privateKey })],
    [
      'a jwk of its own (security 44)',
      () => ({ key: stranger.privateKey, header: { jwk: stranger.publicKey.export({ format: 'jwk' }) } }),
    ],
    [
      'jku and x5u (security 44)',
      () => ({ key: stranger.privateKey, header: { jku: 'http://evil.test/jwks', x5u: 'http://evil.test/x5u' } }),
    ],
    ['an unknown kid (security 44)', () => ({ header: { kid: 'other' } })],
    ['a kid that is a path (security 44)', () => ({ header: { kid: '../../dev/null' } })],
    ['a kid that is on every object (security 44)', () => ({ header: { kid: '__proto__' } })],
    ['a kid that is no text (security 44)', () => ({ header: { kid: [signing.keyring.current.kid] } })],
    ['no kid (security 44)', () => ({ header: { kid: undefined } })],
    ['an empty kid (security 44)', () => ({ header: { kid: '' } })],
    ['a kid that is SQL (security 44)', () => ({ header: { kid: "' or true --" } })],
    [
      'a kid with NUL behind it (security 44)',
      () => ({ header: { kid: `${signing.keyring.current.kid}\0` } }),
      'access',
    ],
    ['a kid with NUL behind it (security 44)', () => ({ header: { kid: `${signing.secrets.id}\0` } }), 'refresh'],
    ['the kid of the other kind (security 44)', () => ({ header: { kid: signing.secrets.id } }), 'access'],
    ['the kid of the other kind (security 44)', () => ({ header: { kid: signing.keyring.current.kid } }), 'refresh'],
    ['x5c of its own (security 44)', () => ({ key: stranger.privateKey, header: { x5c: [certificate(stranger)] } })],
    ['crit (security 45)', () => ({ header: { crit: ['exp'] } })],
    ['an empty crit (security 45)', () => ({ header: { crit: [] } })],
    ['crit null (security 45)', () => ({ header: { crit: null } })],
    ['crit b64 (RFC 7797) (security 45)', () => ({ header: { crit: ['b64'], b64: false } })],
    ['an unknown crit (security 45)', () => ({ header: { crit: ['gatehouse'], gatehouse: true } })],
    ['typ JWT (security 46)', () => ({ header: { typ: 'JWT' } })],
    ['typ refresh+jwt (security 46)', () => ({ header: { typ: 'refresh+jwt' } }), 'access'],
    ['typ at+jwt (security 46)', () => ({ header: { typ: 'at+jwt' } }), 'refresh'],
    ['typ in capitals (security 46)', () => ({ header: { typ: 'AT+JWT' } })],
    ['typ as a media type (security 46)', () => ({ header: { typ: 'application/at+jwt' } })],
    ['typ as a list (security 46)', () => ({ header: { typ: ['at+jwt'] } }), 'access'],
    ['typ as a list (security 46)', () => ({ header: { typ: ['refresh+jwt'] } }), 'refresh'],
    ['typ of an ID token’s logout (security 46)', () => ({ header: { typ: 'logout+jwt' } })],
    ['no typ (security 46)', () => ({ header: { typ: undefined } })],
    ['token_type refresh (security 46)', () => ({ claims: { token_type: 'refresh' } }), 'access'],
    ['token_type access (security 46)', () => ({ claims: { token_type: 'access' } }), 'refresh'],
    ['token_type as a list (security 46)', () => ({ claims: { token_type: ['access'] } })],
    ['no token_type (security 46)', () => ({ claims: { token_type: undefined } })],
    ['another iss (security 47)', () => ({ claims: { iss: `${origin}.evil.test` } })],
    ['iss with a final slash (security 47)', () => ({ claims: { iss: `${origin}/` } })],
    ['iss as a list (security 47)', () => ({ claims: { iss: [origin] } })],
    ['no iss (security 47)', () => ({ claims: { iss: undefined } })],
    ['another aud (security 47)', () => ({ claims: { aud: 'http://other.test' } })],
    ['aud as a list that ours is in (security 47)', () => ({ claims: { aud: ['http://other.test', origin] } })],
    ['no aud (security 47)', () => ({ claims: { aud: undefined } })],
    ['no exp (security 48)', () => ({ claims: { exp: undefined } })],
    ['exp as text (security 48)', () => ({ claims: { exp: String(now + 300) } })],
    ['exp null (security 48)', () => ({ claims: { exp: null } })],
    ['exp beyond any number (security 48)', () => ({ text: (claims) => claims.replace(/"exp":\d+/, '"exp":1e400') })],
    ['exp negative (security 48)', () => ({ claims: { exp: -1 } })],
    ['exp over, skew and all (security 48)', () => ({ claims: { exp: now - 8 } })],
    ['no iat (security 48)', () => ({ claims: { iat: undefined } })],
    ['iat beyond any number (security 48)', () => ({ text: (claims) => claims.replace(/"iat":\d+/, '"iat":-1e400') })],
    ['iat in milliseconds (security 48)', () => ({ claims: { iat: now * 1000 } })],
    ['iat as text (security 48)', () => ({ claims: { iat: String(now) } })],
    ['iat in the future, beyond the skew (security 48)', () => ({ claims: { iat: now + 30 } })],
    ['nbf in the future, beyond the skew (security 48)', () => ({ claims: { nbf: now + 30 } })],
    ['nbf as text (security 48)', () => ({ claims: { nbf: String(now) } })],
    ['nbf null (security 48)', () => ({ claims: { nbf: null } })],
    ['nbf before any number (security 48)', () => ({ text: (claims) => claims.replace('{', '{"nbf":-1e400,') })],
    ['no sub (security 48)', () => ({ claims: { sub: undefined } })],
    ['sub that is no id (security 48)', () => ({ claims: { sub: "' or true --" } })],
    ['sub as a list (security 48)', () => ({ claims: { sub: [signing.session.user_id] } })],
    ['sub with NUL behind it (security 48)', () => ({ claims: { sub: `${signing.session.user_id}\0` } })],
    ['sub with a new line behind it (security 48)', () => ({ claims: { sub: `${signing.session.user_id}\n` } })],
    ['no sid (security 48)', () => ({ claims: { sid: undefined } })],
    ['sid as a list (security 48)', () => ({ claims: { sid: [signing.session.id] } })],
    ['no jti (security 48)', () => ({ claims: { jti: undefined } })],
    ['an empty jti (security 48)', () => ({ claims: { jti: '' } })],
    ['jti as a number (security 48)', () => ({ claims: { jti: 1 } })],
    ['no gen (security 48)', () => ({ claims: { gen: undefined } }), 'refresh'],
    ['gen as text (security 48)', () => ({ claims: { gen: '3' } }), 'refresh'],
    ['gen as a list (security 48)', () => ({ claims: { gen: [3] } }), 'refresh'],
    ['gen between two (security 48)', () => ({ claims: { gen: 1.5 } }), 'refresh'],
    [
      'gen beyond any number (security 48)',
      () => ({ text: (claims) => claims.replace(/"gen":\d+/, '"gen":1e400') }),
      'refresh',
    ],
    ['claims it only inherits (security 48)', () => ({ text: (claims) => `{"__proto__":${claims}}` })],
    ['a second exp that is over (security 48)', () => ({ text: (claims) => claims.replace('}', ',"exp":1}') })],
    ['a second aud (security 47)', () => ({ text: (claims) => claims.replace('}', ',"aud":"http://other.test"}') })],
    ['a payload that is text (security 48)', () => ({ text: () => '"text"' })],
    ['a payload that is null (security 48)', () => ({ text: () => 'null' })],
    ['a payload that is a list (security 48)', () => ({ text: (claims) => `[${claims}]` })],
    ['a payload that is not JSON (security 48)', () => ({ text: () => '{' })],
    ['a payload with a byte order mark (security 48)', () => ({ text: (claims) => `\ufeff${claims}` })],
    ['a payload with more behind it (security 48)', () => ({ text: (claims) => `${claims}{}` })],
  ]
  for (const [title, attack, only] of table) {
    if (only !== 'refresh')
      it(`refuses an access token with ${title}`, async () => {
        const token = signing.access(attack())
        await assertRefused(() => signing.tokens.verifyAccess(token))
        await assertRefused(() => signing.tokens.verifyAny(token))
      })
    if (only !== 'access')
      it(`refuses a refresh token with ${title}`, async () => {
        const token = signing.refresh(attack())
        await assertRefused(() => signing.tokens.verifyRefresh(token))
        await assertRefused(() => signing.tokens.verifyAny(token))
      })
  }
})
