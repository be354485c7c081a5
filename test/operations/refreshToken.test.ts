import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { assertInvalid, assertProblem, assertUnauthorized } from '../support/answers.ts'
import { withFailingInserts } from '../support/failingInserts.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { TestService } from '../support/service.ts'
import { decode, forge } from '../support/tokens.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { getMe, refreshPair } from './support/requests.ts'

describe('refreshToken', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  const session = async () => {
    const [row] = await service.sql<{ generation: number; ended_by: string | null }>(
      'select generation, ended_by from sessions where user_id = $1',
      [user.id],
    )
    return row
  }
  /** Moves the times of the session’s generations into the past, as if time had passed. */
  const pass = (seconds: number) =>
    service.sql(
      'update sessions set began = began - make_interval(secs => $2), parent_began = parent_began - make_interval(secs => $2) where user_id = $1',
      [user.id, seconds],
    )

  describe('the rotation of a refresh token (security 33)', () => {
    it('returns a new pair of valid tokens', async () => {
      const { status, body } = await refreshPair(service, user.refresh)
      assert.equal(status, 200)
      assert.notEqual(body['refresh'], user.refresh)
      assert.equal((await getMe(service, String(body['access']))).status, 200)
      assert.equal((await refreshPair(service, String(body['refresh']))).status, 200)
      assert.equal((await session())?.generation, 3)
    })

    it('keeps the claims of the session, but changes jti and generation', async () => {
      const before = decode(user.refresh).claims
      const { body } = await refreshPair(service, user.refresh)
      const after = decode(String(body['refresh'])).claims
      for (const name of ['sub', 'user_id', 'sid', 'iss', 'aud', 'token_type']) assert.equal(after[name], before[name])
      assert.notEqual(after['jti'], before['jti'])
      assert.deepEqual([before['gen'], after['gen']], [1, 2])
      assert.deepEqual(Object.keys(body).sort(), ['access', 'refresh'])
    })
  })

  describe('50 simultaneous retries of a refresh (security 34)', () => {
    it('return tokens of the same generation', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => refreshPair(service, user.refresh)))
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
      assert.deepEqual(new Set(answers.map(({ body }) => decodeJwt(String(body['refresh']))['gen'])), new Set([2]))
      assert.equal((await session())?.generation, 2)
      const retry = answers.at(-1)?.body
      assert.equal((await getMe(service, String(retry?.['access']))).status, 200)
      assert.equal((await refreshPair(service, String(retry?.['refresh']))).status, 200)
      assert.equal((await session())?.generation, 3)
    })
  })

  describe('the reuse of a refresh token (security 35)', () => {
    it('ends the session after the grace period, and stores the reason', async () => {
      const { body } = await refreshPair(service, user.refresh)
      await pass(31)
      assertProblem(await refreshPair(service, user.refresh), 401, 'token_not_valid')
      assert.equal((await session())?.ended_by, 'refresh_reused')
      assertProblem(await refreshPair(service, String(body['refresh'])), 401, 'token_not_valid')
      assertProblem(await getMe(service, String(body['access'])), 401, 'token_not_valid')
    })

    it('does not end the session if recording the event fails', async () => {
      await refreshPair(service, user.refresh)
      await pass(31)
      await withFailingInserts(service, 'security_events', async () => {
        assertProblem(await refreshPair(service, user.refresh), 500, 'internal')
        assert.equal((await session())?.ended_by, null)
      })
      assertProblem(await refreshPair(service, user.refresh), 401, 'token_not_valid')
      assert.equal((await session())?.ended_by, 'refresh_reused')
    })
  })

  describe('the security event of a reuse (security 35, 78)', () => {
    it('is recorded once, with the client that presented the token', async () => {
      const { body } = await refreshPair(service, user.refresh)
      await pass(31)
      const reuse = () =>
        service.call('refreshToken', { body: { refresh: user.refresh }, headers: { 'User-Agent': 'a thief' } })
      for (const answer of await Promise.all([reuse(), reuse(), reuse()])) assertProblem(answer, 401, 'token_not_valid')
      assertProblem(await refreshPair(service, String(body['refresh'])), 401, 'token_not_valid')
      const event = { type: 'refresh_reused', actor_id: null, ip_address: '127.0.0.1', user_agent: 'a thief' }
      assert.deepEqual(await eventsOf(service, user.id), [event])
    })
  })

  it('refuses a token of two generations ago, but keeps the session in the grace time', async () => {
    const { body } = await refreshPair(service, user.refresh)
    const { body: latest } = await refreshPair(service, String(body['refresh']))
    assertProblem(await refreshPair(service, user.refresh), 401, 'token_not_valid')
    assert.equal((await session())?.ended_by, null)
    assert.deepEqual(await eventsOf(service, user.id), [])
    assert.equal((await refreshPair(service, String(latest['refresh']))).status, 200)
  })

  describe('the lifetimes of a session (security 38)', () => {
    it('end the session if it is idle for too long, or at its maximum age', async () => {
      await service.sql(`update sessions set idle_until = now() - interval '1 second' where user_id = $1`, [user.id])
      assertProblem(await refreshPair(service, user.refresh), 401, 'token_not_valid')
      await service.sql(
        `update sessions set idle_until = now() + interval '1 day', absolute_until = now() - interval '1 second' where user_id = $1`,
        [user.id],
      )
      assertProblem(await refreshPair(service, user.refresh), 401, 'token_not_valid')
      assert.equal((await session())?.ended_by, null)
    })

    it('are extended by a refresh, but not beyond the maximum age', async () => {
      await service.sql(
        `update sessions set idle_until = now() + interval '1 minute', absolute_until = now() + interval '1 hour' where user_id = $1`,
        [user.id],
      )
      const { body } = await refreshPair(service, user.refresh)
      const [row] = await service.sql<{ same: boolean }>(
        'select idle_until = absolute_until as same from sessions where user_id = $1',
        [user.id],
      )
      assert.equal(row?.same, true)
      const { exp = 0, iat = 0 } = decodeJwt(String(body['refresh']))
      assert.ok(exp - iat <= 3600)
    })
  })

  describe('an invalid refresh token (security 43–48)', () => {
    it('is refused if it is altered, signed by another key, or an access token', async () => {
      const { header, claims } = decode(user.refresh)
      const { kid, privateKey } = service.service.services.keyring.current
      for (const token of [
        user.access,
        forge({ header: { ...header, alg: 'none' }, claims }),
        forge({ header, claims }),
        forge({ header, claims: { ...claims, gen: 2 } }, privateKey),
        forge({ header: { ...header, alg: 'ES256', kid }, claims }, privateKey),
        [user.refresh.split('.')[0], user.access.split('.')[1], user.refresh.split('.')[2]].join('.'),
        'x',
        'a.b.c',
        ' ',
        `Bearer ${user.refresh}`,
      ])
        assertUnauthorized(await refreshPair(service, token), 'token_not_valid')
      assert.deepEqual(await session(), { generation: 1, ended_by: null })
    })
  })

  describe('the end of a session in refreshToken (security 40)', () => {
    for (const [title, end] of [
      ['a suspended user', 'update users set is_active = false where id = $1'],
      ['a deleted user', 'delete from users where id = $1'],
      ['an ended session', 'update sessions set ended_at = now() where user_id = $1'],
      ['a deleted session', 'delete from sessions where user_id = $1'],
    ] as const) {
      it(`invalidates the current and the previous token of ${title}`, async () => {
        const { body } = await refreshPair(service, user.refresh)
        await service.sql(end, [user.id])
        assertUnauthorized(await refreshPair(service, String(body['refresh'])), 'token_not_valid')
        assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
      })
    }
  })

  it('accepts no token from the header or the query instead of the body', async () => {
    const answer = await service.call('refreshToken', {
      body: {},
      token: user.refresh,
      query: { refresh: user.refresh },
    })
    assertInvalid(answer, '/refresh')
    assertInvalid(await refreshPair(service, ''), '/refresh')
    assertInvalid(await refreshPair(service, 'x'.repeat(4097)), '/refresh')
  })

  describeBodies('refreshToken', () => service, { refresh: 'x' })
})
