import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { VerifiedTokens } from '../../../src/domain/sessions/verifiedTokens.ts'
import { assertRefused, startSigning } from '../keys/support/signing.ts'

const makeKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
const now = 1_800_000_000

describe('access tokens that were verified before (security 43–48)', () => {
  const key = makeKey()
  const published = (found: KeyObject | undefined) => () => Promise.resolve(found)
  let tokens: VerifiedTokens<string>
  beforeEach(() => {
    tokens = new VerifiedTokens()
    tokens.add('a.b.c', { claims: 'of a.b.c', kid: 'k', key, validFrom: now, expiresAt: now + 300 })
  })

  it('are valid until they expire, with a clock skew of 5 s', async () => {
    assert.equal(await tokens.find('a.b.c', now + 304, published(key)), 'of a.b.c')
    assert.equal(await tokens.find('a.b.c', now + 305, published(key)), undefined)
  })

  it('are not valid if the clock is set to a time before they were issued', async () => {
    assert.equal(await tokens.find('a.b.c', now - 5, published(key)), 'of a.b.c')
    assert.equal(await tokens.find('a.b.c', now - 6, published(key)), undefined)
  })

  it('are compared as a whole', async () => {
    for (const other of ['a.b.d', 'a.b.c ', 'a.b', 'A.b.c', ''])
      assert.equal(await tokens.find(other, now, published(key)), undefined)
  })

  it('are not valid without their published key, or with another key of its kid', async () => {
    for (const found of [undefined, makeKey()])
      assert.equal(await tokens.find('a.b.c', now, published(found)), undefined)
    assert.equal(await tokens.find('a.b.c', now, published(key)), 'of a.b.c')
  })

  it('stay valid when the same key is read again', async () => {
    const again = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
    assert.equal(await tokens.find('a.b.c', now, published(again)), 'of a.b.c')
  })

  it('are at most 10,000; the oldest is forgotten first', async () => {
    const verified = { claims: 'x', kid: 'k', key, validFrom: now, expiresAt: now + 300 }
    for (let count = 0; count < 10_000; count++) tokens.add(String(count), verified)
    assert.equal(tokens.size, 10_000)
    assert.equal(await tokens.find('a.b.c', now, published(key)), undefined)
    assert.equal(await tokens.find('9999', now, published(key)), 'x')
  })

  it('are refused with another signature, and when their key has been deleted', async () => {
    const signing = await startSigning()
    try {
      const { access } = signing.pair
      assert.ok(await signing.tokens.verifyAccess(access))
      const [header, claims] = access.split('.')
      const other = signing.access({ claims: { jti: '0'.repeat(32) } }).split('.')[2]
      await assertRefused(() => signing.tokens.verifyAccess(`${header}.${claims}.${other}`))
      assert.ok(await signing.tokens.verifyAccess(access))
      await signing.deleteKeys()
      await assertRefused(() => signing.tokens.verifyAccess(access))
    } finally {
      await signing.stop()
    }
  })
})
