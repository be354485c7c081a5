import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import assert from 'node:assert/strict'
import { retireKey, rotateKeys } from '../../../src/domain/keys/rotation.ts'
import { signText } from '../../support/tokens.ts'
import { assertRefused, startSigning, type Signing } from '../keys/support/signing.ts'

/** The three parts of a genuine token, and `sign`, which signs a header and payload with the genuine key. */
type Parts = { header: string; payload: string; signature: string; sign: (header: string, payload: string) => string }
type Row = [title: string, form: (parts: Parts) => string]
/** Malformed tokens that are refused: for both types of tokens, for access tokens only, for refresh tokens only. */
type Forms = { both?: Row[]; access?: Row[]; refresh?: Row[] }

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n // of P-256
const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url')
const decode = (part: string) => Buffer.from(part, 'base64url')
const number = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
const half = (signature: string, which: 0 | 1) => decode(signature).subarray(32 * which, 32 * which + 32)

/** Encodes the same bytes differently: base64 ignores the unused bits of the last letter. */
const reencode = (part: string) => {
  const other = part.slice(0, -1) + (letters[letters.indexOf(part.at(-1) ?? '') + 1] ?? '')
  assert.deepEqual(decode(other), decode(part))
  return other
}
/** Encodes JSON differently, after padding it until the last letter has unused bits. */
const reencodeJson = (part: string) => {
  const text = decode(part).toString()
  return reencode(encode(text.padEnd(text.length + ((4 - (text.length % 3)) % 3))))
}
const json = ({ header, payload, signature }: Parts) => ({ protected: header, payload, signature })

describe('the verification of malformed tokens', () => {
  let signing: Signing
  before(async () => {
    signing = await startSigning()
  })
  after(() => signing.stop())

  const partsOf = (token: string, key: KeyObject): Parts => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const resign = (...two: [string, string]) => `${two.join('.')}.${signText(two.join('.'), key)}`
    return { header, payload, signature, sign: resign }
  }
  const access = () => partsOf(signing.pair.access, signing.keyring.current.privateKey)
  const refresh = () => partsOf(signing.pair.refresh, signing.secrets.refreshTokens)
  const signed =
    (replace: (parts: Parts) => string | Buffer): Row[1] =>
    (parts) =>
      `${parts.header}.${parts.payload}.${Buffer.from(replace(parts)).toString('base64url')}`
  const p256 = (form: (text: Buffer, key: KeyObject) => Buffer) =>
    signed(({ header, payload }) => form(Buffer.from(`${header}.${payload}`), signing.keyring.current.privateKey))

  it('accepts the unchanged parts of a genuine token if they are signed again', async () => {
    const [one, other] = [access(), refresh()]
    assert.ok(await signing.tokens.verifyAccess(one.sign(one.header, one.payload)))
    assert.ok(await signing.tokens.verifyRefresh(other.sign(other.header, other.payload)))
  })

  const refuses = ({ both = [], access: ofAccess = [], refresh: ofRefresh = [] }: Forms) => {
    for (const [title, form] of [...both, ...ofAccess])
      it(`refuses an access token: ${title}`, async () => {
        const token = form(access())
        await assertRefused(() => signing.tokens.verifyAccess(token))
        await assertRefused(() => signing.tokens.verifyAny(token))
      })
    for (const [title, form] of [...both, ...ofRefresh])
      it(`refuses a refresh token: ${title}`, async () => {
        const token = form(refresh())
        await assertRefused(() => signing.tokens.verifyRefresh(token))
        await assertRefused(() => signing.tokens.verifyAny(token))
        assert.equal(await signing.tokens.verifyRefreshOrExpired(token), undefined)
      })
  }

  describe('wrong encoding or signature (security 43)', () => {
    refuses({
      both: [
        ['a signature of zeros, as in CVE-2022-21449', signed(() => Buffer.alloc(64))],
        ['a signature of ones', signed(() => Buffer.alloc(64, 0xff))],
        ['a signature of equal bytes', signed(() => Buffer.alloc(64, 0x01))],
        ['a signature of one byte', signed(() => Buffer.alloc(1))],
        ['a signature without its last byte', signed(({ signature }) => decode(signature).subarray(0, -1))],
        [
          'a signature of one byte more',
          signed(({ signature }) => Buffer.concat([decode(signature), Buffer.alloc(1)])),
        ],
        [
          'the first half of its signature',
          signed(({ signature }) => decode(signature).subarray(0, decode(signature).length / 2)),
        ],
        ['its signature in hex', signed(({ signature }) => decode(signature).toString('hex'))],
        [
          'its signature in another encoding',
          ({ header, payload, signature }) => `${header}.${payload}.${reencode(signature)}`,
        ],
        ['its signature padded', ({ header, payload, signature }) => `${header}.${payload}.${signature}==`],
        [
          'NUL in its signature',
          ({ header, payload, signature }) => `${header}.${payload}.${signature.slice(0, 9)}\0${signature.slice(9)}`,
        ],
        [
          'a newline in its signature',
          ({ header, payload, signature }) => `${header}.${payload}.${signature.slice(0, 9)}\n${signature.slice(9)}`,
        ],
        ['its header padded', ({ header, payload, sign: resign }) => resign(`${header}=`, payload)],
        ['its payload padded', ({ header, payload, sign: resign }) => resign(header, `${payload}=`)],
        [
          'its header in another encoding',
          ({ header, payload, sign: resign }) => resign(reencodeJson(header), payload),
        ],
        [
          'its payload in another encoding',
          ({ header, payload, sign: resign }) => resign(header, reencodeJson(payload)),
        ],
        [
          'a space in its header',
          ({ header, payload, sign: resign }) => resign(`${header.slice(0, 8)} ${header.slice(8)}`, payload),
        ],
        [
          'a space in its payload',
          ({ header, payload, sign: resign }) => resign(header, `${payload.slice(0, 8)} ${payload.slice(8)}`),
        ],
        [
          'NUL in its payload',
          ({ header, payload, sign: resign }) => resign(header, `${payload.slice(0, 8)}\0${payload.slice(8)}`),
        ],
        [
          'base64 with + and /',
          ({ header, payload, sign: resign }) =>
            resign(
              header,
              Buffer.from(decode(payload).toString().replace('{', '{"x":"???>>>~~~",')).toString('base64'),
            ),
        ],
        [
          'full-width letters',
          ({ header, payload, signature }) => `${header.replace('e', 'ｅ')}.${payload}.${signature}`,
        ],
        ['a full-width dot', ({ header, payload, signature }) => `${header}．${payload}.${signature}`],
        [
          'a header with a byte order mark',
          ({ header, payload, sign: resign }) => resign(encode(`\ufeff${decode(header).toString()}`), payload),
        ],
        [
          'a header that is a list',
          ({ header, payload, sign: resign }) => resign(encode(`[${decode(header).toString()}]`), payload),
        ],
        [
          'a header that is text',
          ({ header, payload, sign: resign }) => resign(encode(JSON.stringify(decode(header).toString())), payload),
        ],
        [
          'a header whose members it only inherits',
          ({ header, payload, sign: resign }) => resign(encode(`{"__proto__":${decode(header).toString()}}`), payload),
        ],
        [
          'a second alg, none',
          ({ header, payload, sign: resign }) =>
            resign(encode(decode(header).toString().replace('}', ',"alg":"none"}')), payload),
        ],
        ['an empty header', ({ payload, sign: resign }) => resign('', payload)],
        ['an empty payload', ({ header, sign: resign }) => resign(header, '')],
        ['a detached payload', ({ header, signature }) => `${header}..${signature}`],
        ['two parts', ({ header, payload }) => `${header}.${payload}`],
        ['a fourth part', ({ header, payload, signature }) => `${header}.${payload}.${signature}.${signature}`],
        [
          'the five parts of a JWE',
          ({ header, payload, signature }) => [header, '', payload, signature, signature].join('.'),
        ],
        ['JSON, flattened', (parts) => JSON.stringify(json(parts))],
        [
          'JSON, general',
          ({ payload, ...parts }) => JSON.stringify({ payload, signatures: [json({ ...parts, payload })] }),
        ],
        ['quotes around it', ({ header, payload, signature }) => `"${header}.${payload}.${signature}"`],
        ...['=', '.', '.x', ' ', '\n', '\0', '%00', ';', ','].map((end): Row => [
          `${JSON.stringify(end)} after it`,
          ({ header, payload, signature }) => `${header}.${payload}.${signature}${end}`,
        ]),
        ...[' ', '\n', '\0', '\ufeff', '\u200b', 'Bearer '].map((start): Row => [
          `${JSON.stringify(start)} before it`,
          ({ header, payload, signature }) => `${start}${header}.${payload}.${signature}`,
        ]),
        [
          'a megabyte after it',
          ({ header, payload, signature }) => `${header}.${payload}.${signature}${'A'.repeat(1_000_000)}`,
        ],
        ['a megabyte of parts', ({ header }) => `${header}${'.'.repeat(1_000_000)}`],
      ],
      access: [
        ['a signature with r = 0', signed(({ signature }) => Buffer.concat([Buffer.alloc(32), half(signature, 1)]))],
        ['a signature with s = 0', signed(({ signature }) => Buffer.concat([half(signature, 0), Buffer.alloc(32)]))],
        ['a signature with r = s = the order', signed(() => Buffer.concat([number(order), number(order)]))],
        ['a signature with r = s', signed(({ signature }) => Buffer.concat([half(signature, 0), half(signature, 0)]))],
        [
          'a signature with r and s exchanged',
          signed(({ signature }) => Buffer.concat([half(signature, 1), half(signature, 0)])),
        ],
        ['a signature in DER', p256((text, key) => sign('sha256', text, { key, dsaEncoding: 'der' }))],
        ['a signature over SHA-512', p256((text, key) => sign('sha512', text, { key, dsaEncoding: 'ieee-p1363' }))],
        [
          'a signature on P-384',
          p256((text) =>
            sign('sha384', text, {
              key: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
              dsaEncoding: 'ieee-p1363',
            }),
          ),
        ],
      ],
      refresh: [
        [
          'a signature without a key',
          signed(({ header, payload }) => createHmac('sha256', '').update(`${header}.${payload}`).digest()),
        ],
        ['its signature cut to 128 bits', signed(({ signature }) => decode(signature).subarray(0, 16))],
      ],
    })

    it('accepts a signature with n - s instead of s, which ECDSA allows', async () => {
      const twin = signed(({ signature }) =>
        Buffer.concat([half(signature, 0), number(order - BigInt(`0x${half(signature, 1).toString('hex')}`))]),
      )(access())
      assert.notEqual(twin, signing.pair.access)
      assert.deepEqual(await signing.tokens.verifyAccess(twin), await signing.tokens.verifyAccess(signing.pair.access))
    })
  })

  describe('an unencoded payload (security 45)', () => {
    refuses({
      both: [
        ['an unencoded payload', ({ header, payload, sign: resign }) => resign(header, decode(payload).toString())],
      ],
    })
  })

  describe('wrong type (security 46)', () => {
    refuses({
      both: [
        [
          'a second typ',
          ({ header, payload, sign: resign }) =>
            resign(encode(decode(header).toString().replace('}', ',"typ":"JWT"}')), payload),
        ],
        [
          'a whole token as its payload',
          ({ header, payload, signature, sign: resign }) => resign(header, encode(`${header}.${payload}.${signature}`)),
        ],
      ],
    })
  })

  describe('duplicate and unknown header members (security 43, 45)', () => {
    it('are allowed: the last of two equal members counts, unknown ones are ignored', async () => {
      const { header, payload, sign: resign } = access()
      const twice = decode(header).toString().replace('{', '{"alg":"none","typ":"JWT",')
      assert.ok(await signing.tokens.verifyAccess(resign(encode(twice), payload)))
      const more = decode(header).toString().replace('}', ',"b64":false,"zip":"DEF","enc":"A256GCM","cty":"JWT"}')
      assert.ok(await signing.tokens.verifyAccess(resign(encode(more), payload)))
    })
  })

  describe('the time of expiration (security 48)', () => {
    it('may be any finite number, because the end of the session limits the token', async () => {
      assert.ok(await signing.tokens.verifyAccess(signing.access({ claims: { exp: Number.MAX_VALUE } })))
    })
  })

  describe('a kid (security 44, 51)', () => {
    it('is accepted only with the key that it names, until the key is retired', async () => {
      const { db, secrets, keyring, tokens, clock } = signing
      const old = { key: keyring.current.privateKey, kid: keyring.current.kid }
      const { kid } = await rotateKeys(db, secrets, { publishFor: 100, overlap: 50 })
      await keyring.load(db)
      await assertRefused(() => tokens.verifyAccess(signing.access({ header: { kid } })))
      assert.equal(keyring.current.kid, old.kid)
      clock.adjust(clock.now() + 101)
      const next = { key: keyring.current.privateKey, kid: keyring.current.kid }
      assert.equal(next.kid, kid)
      clock.adjust(clock.now() - 101)
      assert.ok(await tokens.verifyAccess(signing.access({ key: next.key, header: { kid } })))
      await assertRefused(() => tokens.verifyAccess(signing.access({ key: next.key, header: { kid: old.kid } })))
      const byOld = signing.access({ ...old, header: { kid: old.kid } })
      assert.ok(await tokens.verifyAccess(byOld))
      await retireKey(db, secrets, old.kid, { publishFor: 0, overlap: 0 })
      await keyring.load(db)
      await assertRefused(() => tokens.verifyAccess(byOld))
    })
  })
})
