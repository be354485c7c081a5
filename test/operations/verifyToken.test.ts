import assert from 'node:assert/strict'
import { assertInvalid, assertUnauthorized } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { decode, forge } from '../support/tokens.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { refreshPair } from './support/requests.ts'

describe('verifyToken', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  const verify = (token: unknown) => service.call('verifyToken', { body: { token } })
  const isLive = async (token: string) => {
    const { status, body } = await verify(token)
    assert.deepEqual([status, body], [200, {}])
  }
  const isDead = async (token: string) => {
    assertUnauthorized(await verify(token), 'token_not_valid')
  }

  it('accepts valid tokens of both types, any number of times', async () => {
    for (const token of [user.access, user.refresh, user.access, user.refresh]) await isLive(token)
    assert.equal((await refreshPair(service, user.refresh)).status, 200)
  })

  it('accepts a rotated refresh token only within its grace period', async () => {
    const { body } = await refreshPair(service, user.refresh)
    await isLive(user.refresh)
    await isLive(String(body['refresh']))
    await service.sql(`update sessions set began = began - interval '31 seconds' where user_id = $1`, [user.id])
    await isDead(user.refresh)
    await isLive(String(body['refresh']))
    const [session] = await service.sql<{ ended_at: unknown }>('select ended_at from sessions where user_id = $1', [
      user.id,
    ])
    assert.equal(session?.ended_at, null) // Verification does not count as reuse of the token.
  })

  it('refuses a refresh token from two generations ago', async () => {
    const { body } = await refreshPair(service, user.refresh)
    await refreshPair(service, body['refresh'])
    await isDead(user.refresh)
    await isLive(String(body['refresh']))
  })

  describe('a token after the end of its session or user (security 40)', () => {
    for (const [title, end] of [
      ['its session has ended', 'update sessions set ended_at = now() where user_id = $1'],
      ['its session was idle too long', 'update sessions set idle_until = now() where user_id = $1'],
      ['its session is too old', 'update sessions set absolute_until = now() where user_id = $1'],
      ['its session was deleted', 'delete from sessions where user_id = $1'],
      ['its user is suspended', 'update users set is_active = false where id = $1'],
      ['its user is deleted', 'delete from users where id = $1'],
    ] as const) {
      it(`is refused if ${title}`, async () => {
        await service.sql(end, [user.id])
        await isDead(user.access)
        await isDead(user.refresh)
      })
    }
  })

  describe('an invalid token in verifyToken (security 43–48)', () => {
    it('is refused if expired, altered, malformed or signed by another key', async () => {
      const { header, claims } = decode(user.access)
      const { privateKey } = service.service.services.keyring.current
      await isLive(forge({ header, claims }, privateKey))
      await isDead(forge({ header, claims: { ...claims, exp: Math.floor(Date.now() / 1000) - 6 } }, privateKey))
      await isDead(forge({ header: { ...header, typ: 'JWT' }, claims }, privateKey))
      await isDead(forge({ header: { ...header, alg: 'none' }, claims }))
      await isDead(forge(decode(user.refresh), privateKey))
      await isDead(user.access.slice(0, -8))
      for (const text of ['x', 'a.b.c', ' ', '..', `Bearer ${user.access}`, 'x'.repeat(4096)]) await isDead(text)
    })
  })

  it('refuses an empty token and a token of more than 4,096 characters', async () => {
    assertInvalid(await verify(''), '/token')
    assertInvalid(await verify('x'.repeat(4097)), '/token')
  })

  describeBodies('verifyToken', () => service, { token: 'x' })
})
