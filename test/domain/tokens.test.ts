import assert from 'node:assert/strict'
import { createPublicKey, createSecretKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { createDatabase, type Database } from '../../src/db/database.ts'
import { Clock } from '../../src/domain/clock.ts'
import { Keyring } from '../../src/domain/keyring.ts'
import { deriveSecrets } from '../../src/domain/secrets.ts'
import { Tokens, type TokenPair } from '../../src/domain/tokens.ts'
import { Problem } from '../../src/problems.ts'
import { createTestDatabase } from '../support/database.ts'
import { decode, forge } from '../support/tokens.ts'

type Patch = Record<string, unknown>
type Attack = { header?: Patch; claims?: Patch; key?: KeyObject; unsigned?: true; text?: string }

const secrets = deriveSecrets('a secret key for this test, long enough')
const origin = 'http://accounts.test'
const clock = new Clock()
const now = Math.floor(Date.now() / 1000)
const session = { user_id: randomUUID(), id: randomUUID(), generation: 3, issued_at: now, idle_until: now + 86_400 }

describe('tokens', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keyring = new Keyring(secrets)
  const tokens = new Tokens({ keyring, secrets, clock, issuer: origin, audience: origin, accessLifetime: 300 })
  let database: { url: string; drop(): Promise<void> }
  let db: Database
  let pair: TokenPair

  before(async () => {
    database = await createTestDatabase()
    db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(database.url)
    await keyring.load(db)
    pair = tokens.pair(session)
  })
  after(async () => {
    await db.close()
    await database.drop()
  })

  const access = ({ header, claims, key = keyring.current.privateKey, unsigned, text }: Attack) => {
    const genuine = decode(pair.access)
    const parts = { header: { ...genuine.header, ...header }, claims: text ?? { ...genuine.claims, ...claims } }
    return forge(parts, unsigned ? undefined : key)
  }
  const refresh = ({ header, claims, key = secrets.refreshTokens }: Attack) => {
    const genuine = decode(pair.refresh)
    return forge({ header: { ...genuine.header, ...header }, claims: { ...genuine.claims, ...claims } }, key)
  }
  const refused = (read: () => unknown) => {
    assert.throws(read, (error) => error instanceof Problem && error.code === 'token_not_valid')
  }

  it('reads back what it has signed, and a forged twin by the same key: the table below changes one thing each', () => {
    const expected = { userId: session.user_id, sessionId: session.id }
    assert.deepEqual(tokens.readAccess(pair.access), expected)
    assert.deepEqual(tokens.readAccess(access({})), expected)
    assert.deepEqual(tokens.readRefresh(pair.refresh), { ...expected, generation: 3 })
    assert.deepEqual(tokens.readRefresh(refresh({})), { ...expected, generation: 3 })
    assert.deepEqual(tokens.readEither(pair.access), expected)
    assert.deepEqual(tokens.readEither(pair.refresh), { ...expected, generation: 3 })
  })

  const publicKeyAs = (form: (key: KeyObject) => string | Buffer) => () =>
    createSecretKey(Buffer.from(form(createPublicKey(keyring.current.privateKey))))
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
    ['HS256 with the refresh key (43)', () => ({ header: { alg: 'HS256' }, key: secrets.refreshTokens })],
    [
      'HS256 with the refresh key and its kid (43)',
      () => ({ header: { alg: 'HS256', kid: secrets.id }, key: secrets.refreshTokens }),
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
    ['a kid that is no text (44)', () => ({ header: { kid: [keyring.current.kid] } })],
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
      () => ({ text: JSON.stringify(decode(pair.access).claims).replace(/"exp":\d+/, '"exp":1e400') }),
    ],
    ['exp over, skew and all (48)', () => ({ claims: { exp: now - 8 } })],
    ['no iat (48)', () => ({ claims: { iat: undefined } })],
    ['iat as text (48)', () => ({ claims: { iat: String(now) } })],
    ['iat in the future, beyond the skew (48)', () => ({ claims: { iat: now + 30 } })],
    ['nbf in the future, beyond the skew (48)', () => ({ claims: { nbf: now + 30 } })],
    ['no sub (48)', () => ({ claims: { sub: undefined } })],
    ['sub that is no id (48)', () => ({ claims: { sub: "' or true --" } })],
    ['sub as a list (48)', () => ({ claims: { sub: [session.user_id] } })],
    ['no sid (48)', () => ({ claims: { sid: undefined } })],
    ['no jti (48)', () => ({ claims: { jti: undefined } })],
    ['a payload that is text', () => ({ text: '"text"' })],
    ['a payload that is null', () => ({ text: 'null' })],
    ['a payload that is not JSON', () => ({ text: '{' })],
  ]
  for (const [title, attack] of table) {
    it(`refuses an access token with ${title}`, () => {
      const token = access(attack())
      refused(() => tokens.readAccess(token))
      refused(() => tokens.readEither(token))
    })
  }

  it('refuses an edited payload, an edited header and a signature of another token (security 43)', () => {
    const [header, payload, signature] = pair.access.split('.')
    const [otherHeader, otherPayload] = access({ header: { x: 1 }, claims: { sub: randomUUID() } }).split('.')
    refused(() => tokens.readAccess([header, otherPayload, signature].join('.')))
    refused(() => tokens.readAccess([otherHeader, payload, signature].join('.')))
    refused(() => tokens.readAccess([header, payload, tokens.pair(session).access.split('.')[2]].join('.')))
  })

  it('ignores key references in a token that a good key has signed (security 44)', () => {
    const references = {
      jku: 'http://evil.test',
      x5u: 'http://evil.test',
      x5c: ['MIIB'],
      jwk: stranger.publicKey.export({ format: 'jwk' }),
    }
    assert.equal(tokens.readAccess(access({ header: references })).userId, session.user_id)
  })

  it('allows 5 s of clock skew and no more (security 48, operations)', () => {
    const seconds = Math.floor(Date.now() / 1000)
    assert.ok(tokens.readAccess(access({ claims: { exp: seconds - 3 } })))
    assert.ok(tokens.readAccess(access({ claims: { iat: seconds + 4 } })))
    refused(() => tokens.readAccess(access({ claims: { exp: seconds - 6 } })))
    refused(() => tokens.readAccess(access({ claims: { iat: seconds + 8 } })))
  })

  it('goes by the database’s clock, as it was measured (decisions 12)', () => {
    clock.adjust(Date.now() / 1000 + 600)
    refused(() => tokens.readAccess(pair.access))
    clock.adjust(Date.now() / 1000)
    assert.ok(tokens.readAccess(pair.access))
  })

  it('takes neither kind for the other, whatever its claims say (security 46)', () => {
    refused(() => tokens.readAccess(pair.refresh))
    refused(() => tokens.readRefresh(pair.access))
    const disguised = { typ: 'refresh+jwt', kid: keyring.current.kid, alg: 'ES256' }
    refused(() => tokens.readRefresh(refresh({ header: disguised, key: keyring.current.privateKey })))
    refused(() =>
      tokens.readRefresh(refresh({ header: { kid: secrets.id, alg: 'ES256' }, key: keyring.current.privateKey })),
    )
    refused(() => tokens.readRefresh(refresh({ claims: { token_type: 'access' } })))
  })

  it('refuses refresh tokens of another secret, without a generation, or over (security 48)', () => {
    refused(() => tokens.readRefresh(refresh({ key: deriveSecrets('another secret key').refreshTokens })))
    refused(() => tokens.readRefresh(refresh({ header: { alg: 'none' } })))
    for (const gen of [undefined, '3', 1.5, null, [3]]) refused(() => tokens.readRefresh(refresh({ claims: { gen } })))
    refused(() => tokens.readRefresh(refresh({ claims: { exp: now - 60 } })))
  })

  it('reads an expired refresh token for a sign-out, and only that (decisions 14)', () => {
    const over = refresh({ claims: { exp: now - 60 } })
    assert.equal(tokens.tryReadRefresh(over)?.sessionId, session.id)
    assert.equal(tokens.tryReadRefresh(pair.access), undefined)
    assert.equal(tokens.tryReadRefresh(refresh({ key: deriveSecrets('another secret key').refreshTokens })), undefined)
    assert.equal(tokens.tryReadRefresh(refresh({ claims: { aud: 'http://other.test' } })), undefined)
  })

  for (const text of [
    '',
    '.',
    '..',
    '...',
    'a',
    'a.b',
    'a.b.c',
    'null',
    'e30.e30.',
    'bnVsbA.bnVsbA.',
    ' ',
    '\n',
    'é.é.é',
    '💥',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      refused(() => tokens.readAccess(text))
      refused(() => tokens.readRefresh(text))
      refused(() => tokens.readEither(text))
      assert.equal(tokens.tryReadRefresh(text), undefined)
    })
  }

  it('refuses a good token with anything around it', () => {
    for (const token of [
      `${pair.access}=`,
      ` ${pair.access}`,
      `${pair.access}\n`,
      `${pair.access}.`,
      `${pair.access}.x`,
    ])
      refused(() => tokens.readAccess(token))
  })
})
