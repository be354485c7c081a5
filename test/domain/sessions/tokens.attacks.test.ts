import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { assertRefused, origin, startSigning, type Attack, type Signing } from '../keys/support/signing.ts'

const now = Math.floor(Date.now() / 1000)

type Row = [title: string, attack: () => Attack, only?: 'access' | 'refresh']

/** Each row changes one thing about a genuine token. It applies to both types of tokens, unless `only` names one. */
describe('the verification of forged tokens', () => {
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
  const refuses = (table: Row[]) => {
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
  }

  describe('forged algorithm and signature (security 43)', () => {
    refuses([
      ['alg none', () => ({ header: { alg: 'none' }, unsigned: true })],
      ['alg NonE', () => ({ header: { alg: 'NonE' }, unsigned: true })],
      ['no alg', () => ({ header: { alg: undefined }, unsigned: true })],
      ['ES256 without a signature', () => ({ unsigned: true })],
      ['HS256 with the public key in PEM', byPublicKey((key) => key.export({ format: 'pem', type: 'spki' }))],
      ['HS256 with the public key in DER', byPublicKey((key) => key.export({ format: 'der', type: 'spki' }))],
      ['HS256 with the public JWK', byPublicKey((key) => JSON.stringify(key.export({ format: 'jwk' })))],
      [
        'HS256 with the refresh key',
        () => ({ header: { alg: 'HS256' }, key: signing.secrets.refreshTokens }),
        'access',
      ],
      [
        'HS256 with the refresh key and its kid',
        () => ({ header: { alg: 'HS256', kid: signing.secrets.id }, key: signing.secrets.refreshTokens }),
        'access',
      ],
      [
        'ES256 with the access key',
        () => ({ header: { alg: 'ES256' }, key: signing.keyring.current.privateKey }),
        'refresh',
      ],
      [
        'ES256 with the access key and its kid',
        () => ({
          header: { alg: 'ES256', kid: signing.keyring.current.kid },
          key: signing.keyring.current.privateKey,
        }),
        'refresh',
      ],
      ['HS384 with the genuine secret', () => ({ header: { alg: 'HS384' } }), 'refresh'],
      ['HS512 with the genuine secret', () => ({ header: { alg: 'HS512' } }), 'refresh'],
      ['HS256 with an empty secret', () => ({ header: { alg: 'HS256' }, key: createSecretKey('', 'utf8') })],
      ['HS256 with the kid as the secret', () => ({ header: { alg: 'HS256' }, key: ownKid() })],
      ['RS256', () => ({ header: { alg: 'RS256' }, key: rsa.privateKey })],
      ['PS256', () => ({ header: { alg: 'PS256' }, key: rsa.privateKey })],
      ['ES384', () => ({ header: { alg: 'ES384' } })],
      ['alg in lower case', () => ({ header: { alg: 'es256' } }), 'access'],
      ['alg in lower case', () => ({ header: { alg: 'hs256' } }), 'refresh'],
      ['alg with a space', () => ({ header: { alg: 'ES256 ' } })],
      ['alg as a list', () => ({ header: { alg: ['ES256'] } }), 'access'],
      ['alg as a list', () => ({ header: { alg: ['HS256'] } }), 'refresh'],
      ['null as alg', () => ({ header: { alg: null } })],
      ['an empty alg', () => ({ header: { alg: '' } })],
      ['alg none with a genuine signature', () => ({ header: { alg: 'none' } })],
      ['another key', () => ({ key: stranger.privateKey })],
    ])
  })

  describe('forged references to keys (security 44)', () => {
    refuses([
      [
        'a jwk in its header',
        () => ({ key: stranger.privateKey, header: { jwk: stranger.publicKey.export({ format: 'jwk' }) } }),
      ],
      [
        'jku and x5u',
        () => ({ key: stranger.privateKey, header: { jku: 'http://evil.test/jwks', x5u: 'http://evil.test/x5u' } }),
      ],
      ['an unknown kid', () => ({ header: { kid: 'other' } })],
      ['a kid that is a path', () => ({ header: { kid: '../../dev/null' } })],
      ['the kid __proto__, which every object has', () => ({ header: { kid: '__proto__' } })],
      ['a kid that is no string', () => ({ header: { kid: [signing.keyring.current.kid] } })],
      ['no kid', () => ({ header: { kid: undefined } })],
      ['an empty kid', () => ({ header: { kid: '' } })],
      ['a kid that is SQL', () => ({ header: { kid: "' or true --" } })],
      ['a kid with NUL after it', () => ({ header: { kid: `${signing.keyring.current.kid}\0` } }), 'access'],
      ['a kid with NUL after it', () => ({ header: { kid: `${signing.secrets.id}\0` } }), 'refresh'],
      ['the kid of the other type', () => ({ header: { kid: signing.secrets.id } }), 'access'],
      ['the kid of the other type', () => ({ header: { kid: signing.keyring.current.kid } }), 'refresh'],
      ['x5c in its header', () => ({ key: stranger.privateKey, header: { x5c: [certificate(stranger)] } })],
    ])
  })

  describe('critical header members (security 45)', () => {
    refuses([
      ['crit', () => ({ header: { crit: ['exp'] } })],
      ['an empty crit', () => ({ header: { crit: [] } })],
      ['null as crit', () => ({ header: { crit: null } })],
      ['crit b64, as in RFC 7797', () => ({ header: { crit: ['b64'], b64: false } })],
      ['an unknown crit', () => ({ header: { crit: ['gatehouse'], gatehouse: true } })],
    ])
  })

  describe('forged token types (security 46)', () => {
    refuses([
      ['typ JWT', () => ({ header: { typ: 'JWT' } })],
      ['typ refresh+jwt', () => ({ header: { typ: 'refresh+jwt' } }), 'access'],
      ['typ at+jwt', () => ({ header: { typ: 'at+jwt' } }), 'refresh'],
      ['typ in capitals', () => ({ header: { typ: 'AT+JWT' } })],
      ['typ as a media type', () => ({ header: { typ: 'application/at+jwt' } })],
      ['typ as a list', () => ({ header: { typ: ['at+jwt'] } }), 'access'],
      ['typ as a list', () => ({ header: { typ: ['refresh+jwt'] } }), 'refresh'],
      ['the typ of a logout token', () => ({ header: { typ: 'logout+jwt' } })],
      ['no typ', () => ({ header: { typ: undefined } })],
      ['token_type refresh', () => ({ claims: { token_type: 'refresh' } }), 'access'],
      ['token_type access', () => ({ claims: { token_type: 'access' } }), 'refresh'],
      ['token_type as a list', () => ({ claims: { token_type: ['access'] } })],
      ['no token_type', () => ({ claims: { token_type: undefined } })],
    ])
  })

  describe('forged issuer and audience (security 47)', () => {
    refuses([
      ['another iss', () => ({ claims: { iss: `${origin}.evil.test` } })],
      ['iss with a final slash', () => ({ claims: { iss: `${origin}/` } })],
      ['iss as a list', () => ({ claims: { iss: [origin] } })],
      ['no iss', () => ({ claims: { iss: undefined } })],
      ['another aud', () => ({ claims: { aud: 'http://other.test' } })],
      ['aud as a list that contains the right audience', () => ({ claims: { aud: ['http://other.test', origin] } })],
      ['no aud', () => ({ claims: { aud: undefined } })],
      ['a second aud', () => ({ text: (claims) => claims.replace('}', ',"aud":"http://other.test"}') })],
    ])
  })

  describe('forged claims (security 48)', () => {
    refuses([
      ['no exp', () => ({ claims: { exp: undefined } })],
      ['exp as a string', () => ({ claims: { exp: String(now + 300) } })],
      ['null as exp', () => ({ claims: { exp: null } })],
      ['exp that overflows', () => ({ text: (claims) => claims.replace(/"exp":\d+/, '"exp":1e400') })],
      ['a negative exp', () => ({ claims: { exp: -1 } })],
      ['exp in the past beyond the skew', () => ({ claims: { exp: now - 8 } })],
      ['no iat', () => ({ claims: { iat: undefined } })],
      ['iat that overflows', () => ({ text: (claims) => claims.replace(/"iat":\d+/, '"iat":-1e400') })],
      ['iat in milliseconds', () => ({ claims: { iat: now * 1000 } })],
      ['iat as a string', () => ({ claims: { iat: String(now) } })],
      ['iat in the future beyond the skew', () => ({ claims: { iat: now + 30 } })],
      ['nbf in the future beyond the skew', () => ({ claims: { nbf: now + 30 } })],
      ['nbf as a string', () => ({ claims: { nbf: String(now) } })],
      ['null as nbf', () => ({ claims: { nbf: null } })],
      ['nbf that overflows', () => ({ text: (claims) => claims.replace('{', '{"nbf":-1e400,') })],
      ['no sub', () => ({ claims: { sub: undefined } })],
      ['sub that is no UUID', () => ({ claims: { sub: "' or true --" } })],
      ['sub as a list', () => ({ claims: { sub: [signing.session.user_id] } })],
      ['sub with NUL after it', () => ({ claims: { sub: `${signing.session.user_id}\0` } })],
      ['sub with a newline after it', () => ({ claims: { sub: `${signing.session.user_id}\n` } })],
      ['no sid', () => ({ claims: { sid: undefined } })],
      ['sid as a list', () => ({ claims: { sid: [signing.session.id] } })],
      ['no jti', () => ({ claims: { jti: undefined } })],
      ['an empty jti', () => ({ claims: { jti: '' } })],
      ['jti as a number', () => ({ claims: { jti: 1 } })],
      ['no gen', () => ({ claims: { gen: undefined } }), 'refresh'],
      ['gen as a string', () => ({ claims: { gen: '3' } }), 'refresh'],
      ['gen as a list', () => ({ claims: { gen: [3] } }), 'refresh'],
      ['gen as a fraction', () => ({ claims: { gen: 1.5 } }), 'refresh'],
      ['gen that overflows', () => ({ text: (claims) => claims.replace(/"gen":\d+/, '"gen":1e400') }), 'refresh'],
      ['inherited claims', () => ({ text: (claims) => `{"__proto__":${claims}}` })],
      ['a second exp, which is in the past', () => ({ text: (claims) => claims.replace('}', ',"exp":1}') })],
      ['a payload that is a string', () => ({ text: () => '"text"' })],
      ['a payload that is null', () => ({ text: () => 'null' })],
      ['a payload that is a list', () => ({ text: (claims) => `[${claims}]` })],
      ['a payload that is not JSON', () => ({ text: () => '{' })],
      ['a payload with a byte order mark', () => ({ text: (claims) => `\ufeff${claims}` })],
      ['a payload with text after it', () => ({ text: (claims) => `${claims}{}` })],
    ])
  })
})
