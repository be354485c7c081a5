import assert from 'node:assert/strict'
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose'
import { Proxy } from '../http/support/proxy.ts'
import { assertProblem, head } from '../support/answers.ts'
import { createTestDatabase } from '../support/database.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

describe('getJwks', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ JWT_ISSUER: 'https://issuer.test', JWT_AUDIENCE: 'https://product.test' })
    user = await addUser(service)
  })
  after(() => service.stop())

  const expected = {
    algorithms: ['ES256'],
    typ: 'at+jwt',
    issuer: 'https://issuer.test',
    audience: 'https://product.test',
  }

  describe('the keys in the JWKS (security 52)', () => {
    it('have only the public members', async () => {
      const { status, body } = await service.call('getJwks')
      assert.equal(status, 200)
      const { keys } = body as unknown as JSONWebKeySet
      assert.equal(keys.length, 1)
      assert.deepEqual(Object.keys(keys[0] ?? {}).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
      assert.equal(keys[0]?.kid, decodeProtectedHeader(user.access).kid)
    })
  })

  it('needs no credentials, and allows caching', async () => {
    const { headers } = await service.call('getJwks', { headers: { Authorization: 'Bearer nonsense' } })
    assert.equal(headers.get('cache-control'), 'public, max-age=300')
    assert.equal(headers.get('content-type')?.split(';')[0], 'application/json')
    assert.equal((await head(service, '/.well-known/jwks.json')).status, 200)
  })

  describe('a token verifier that uses the JWKS (security 43, 46, 47)', () => {
    it('accepts an access token, with the JWKS from the URL or as a document', async () => {
      const remote = createRemoteJWKSet(new URL('/.well-known/jwks.json', service.url))
      const local = createLocalJWKSet((await service.call('getJwks')).body as unknown as JSONWebKeySet)
      for (const { payload } of [
        await jwtVerify(user.access, remote, expected),
        await jwtVerify(user.access, local, expected),
      ])
        assert.deepEqual([payload.sub, payload['sid']], [user.id, user.sessionId])
    })

    it('refuses a refresh token, an altered token and a token of another service', async () => {
      const keys = createLocalJWKSet((await service.call('getJwks')).body as unknown as JSONWebKeySet)
      await assert.rejects(jwtVerify(user.refresh, keys))
      const [head, , signature] = user.access.split('.')
      await assert.rejects(jwtVerify([head, user.refresh.split('.')[1], signature].join('.'), keys))
      await assert.rejects(jwtVerify(user.access, keys, { ...expected, audience: 'https://other.test' }))
    })
  })

  it('returns 503 instead of an empty set until the keys are loaded', async () => {
    const database = await createTestDatabase()
    const proxy = await Proxy.start(database.url)
    await proxy.refuse()
    const waiting = await TestService.start({ DATABASE_URL: proxy.url }, { waits: true })
    try {
      const answer = await waiting.call('getJwks')
      assertProblem(answer, 503, 'unavailable')
      assert.ok(Number(answer.headers.get('retry-after')) >= 1)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      await proxy.heal()
      await waiting.service.ready
      assert.equal((await waiting.call('getJwks')).status, 200)
    } finally {
      await waiting.stop()
      await proxy.refuse()
      await database.drop()
    }
  })

  it('returns the same key in every instance on one database', async () => {
    const { body } = await service.call('getJwks')
    const [row] = await service.sql<{ kid: string }>('select kid from signing_keys')
    assert.equal((body as unknown as JSONWebKeySet).keys[0]?.kid, row?.kid)
  })
})
