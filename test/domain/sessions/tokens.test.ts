import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { deriveSecrets } from '../../../src/domain/keys/secrets.ts'
import { assertRefused, startSigning, type Signing } from '../keys/support/signing.ts'

const now = Math.floor(Date.now() / 1000)

describe('Tokens', () => {
  let signing: Signing

  before(async () => {
    signing = await startSigning()
  })
  after(() => signing.stop())

  it('accepts tokens that the service has issued, and the same claims signed again', async () => {
    const expected = { userId: signing.session.user_id, sessionId: signing.session.id }
    assert.deepEqual(await signing.tokens.verifyAccess(signing.pair.access), expected)
    assert.deepEqual(await signing.tokens.verifyAccess(signing.access({})), expected)
    assert.deepEqual(await signing.tokens.verifyRefresh(signing.pair.refresh), { ...expected, generation: 3 })
    assert.deepEqual(await signing.tokens.verifyRefresh(signing.refresh({})), { ...expected, generation: 3 })
    assert.deepEqual(await signing.tokens.verifyAny(signing.pair.access), expected)
    assert.deepEqual(await signing.tokens.verifyAny(signing.pair.refresh), { ...expected, generation: 3 })
  })

  it('ignores jku, x5u, x5c and jwk in a token that is genuinely signed (security 44)', async () => {
    const references = {
      jku: 'http://evil.test',
      x5u: 'http://evil.test',
      x5c: ['MIIB'],
      jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
    }
    assert.equal(
      (await signing.tokens.verifyAccess(signing.access({ header: references }))).userId,
      signing.session.user_id,
    )
  })

  it('allows a clock skew of 5 s, but no more (security 48)', async () => {
    const seconds = Math.floor(Date.now() / 1000)
    assert.ok(await signing.tokens.verifyAccess(signing.access({ claims: { exp: seconds - 3 } })))
    assert.ok(await signing.tokens.verifyAccess(signing.access({ claims: { iat: seconds + 4 } })))
    await assertRefused(() => signing.tokens.verifyAccess(signing.access({ claims: { exp: seconds - 6 } })))
    await assertRefused(() => signing.tokens.verifyAccess(signing.access({ claims: { iat: seconds + 8 } })))
  })

  it('compares times with the database’s clock', async () => {
    signing.clock.adjust(Date.now() / 1000 + 600)
    await assertRefused(() => signing.tokens.verifyAccess(signing.pair.access))
    signing.clock.adjust(Date.now() / 1000)
    assert.ok(await signing.tokens.verifyAccess(signing.pair.access))
  })

  it('accepts no token in place of the other type (security 46)', async () => {
    await assertRefused(() => signing.tokens.verifyAccess(signing.pair.refresh))
    await assertRefused(() => signing.tokens.verifyRefresh(signing.pair.access))
    const disguised = { typ: 'refresh+jwt', kid: signing.keyring.current.kid, alg: 'ES256' }
    await assertRefused(() =>
      signing.tokens.verifyRefresh(signing.refresh({ header: disguised, key: signing.keyring.current.privateKey })),
    )
    await assertRefused(() =>
      signing.tokens.verifyRefresh(
        signing.refresh({ header: { kid: signing.secrets.id, alg: 'ES256' }, key: signing.keyring.current.privateKey }),
      ),
    )
    await assertRefused(() => signing.tokens.verifyRefresh(signing.refresh({ claims: { token_type: 'access' } })))
  })

  it('accepts an expired refresh token for a sign-out, but no other invalid token', async () => {
    const expired = signing.refresh({ claims: { exp: now - 60 } })
    assert.equal((await signing.tokens.verifyRefreshOrExpired(expired))?.sessionId, signing.session.id)
    assert.equal(await signing.tokens.verifyRefreshOrExpired(signing.pair.access), undefined)
    assert.equal(
      await signing.tokens.verifyRefreshOrExpired(
        signing.refresh({ key: deriveSecrets('another secret key').refreshTokens }),
      ),
      undefined,
    )
    assert.equal(
      await signing.tokens.verifyRefreshOrExpired(signing.refresh({ claims: { aud: 'http://other.test' } })),
      undefined,
    )
  })

  describe('altered tokens, and texts that are no tokens (security 43)', () => {
    it('are refused: an edited payload or header, the signature of another token', async () => {
      const [header, payload, signature] = signing.pair.access.split('.')
      const [otherHeader, otherPayload] = signing.access({ header: { x: 1 }, claims: { sub: randomUUID() } }).split('.')
      await assertRefused(() => signing.tokens.verifyAccess([header, otherPayload, signature].join('.')))
      await assertRefused(() => signing.tokens.verifyAccess([otherHeader, payload, signature].join('.')))
      await assertRefused(() =>
        signing.tokens.verifyAccess(
          [header, payload, signing.tokens.issuePair(signing.session).access.split('.')[2]].join('.'),
        ),
      )
    })

    it('are refused: refresh tokens that another SECRET_KEY has signed', async () => {
      const { refreshTokens } = deriveSecrets('another secret key')
      await assertRefused(() => signing.tokens.verifyRefresh(signing.refresh({ key: refreshTokens })))
    })

    // prettier-ignore
    const malformed = ['', '.', '..', '...', 'a', 'a.b', 'a.b.c', 'null', 'e30.e30.', 'bnVsbA.bnVsbA.', ' ', '\n', 'é.é.é', '💥']
    for (const text of malformed) {
      it(`are refused: ${JSON.stringify(text)}`, async () => {
        await assertRefused(() => signing.tokens.verifyAccess(text))
        await assertRefused(() => signing.tokens.verifyRefresh(text))
        await assertRefused(() => signing.tokens.verifyAny(text))
        assert.equal(await signing.tokens.verifyRefreshOrExpired(text), undefined)
      })
    }
  })
})
