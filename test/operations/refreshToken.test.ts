import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { assertProblem, TestService, type SignedIn } from '../support/service.ts'

describe('refreshToken', () => {
  let service: TestService
  let user: SignedIn

  before(async () => { service = await TestService.start() })
  after(() => service.stop())
  beforeEach(async () => { user = await service.signedIn() })

  const refresh = (token: string) => service.call('refreshToken', { body: { refresh: token } })
  const session = async () => {
    const [row] = await service.sql<{ generation: number; ended_by: string | null }>('select generation, ended_by from sessions where user_id = $1', [user.id])
    return row
  }
  /** Moves the session's generations into the past, as if that time had gone by. */
  const pass = (seconds: number) =>
    service.sql('update sessions set began = began - make_interval(secs => $2), parent_began = parent_began - make_interval(secs => $2) where user_id = $1', [user.id, seconds])

  it('rotates: a new pair that works (security 33)', async () => {
    const { status, body } = await refresh(user.refresh)
    assert.equal(status, 200)
    assert.notEqual(body['refresh'], user.refresh)
    assert.equal((await service.call('getMe', { token: String(body['access']) })).status, 200)
    assert.equal((await refresh(String(body['refresh']))).status, 200)
    assert.equal((await session())?.generation, 3)
  })

  it('answers a lost answer’s retry with the same generation; 50 at once stay one chain (security 34)', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(user.refresh)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.deepEqual(new Set(answers.map(({ body }) => decodeJwt(String(body['refresh']))['gen'])), new Set([2]))
    assert.equal((await session())?.generation, 2)
  })

  it('ends the session on reuse beyond the grace, and the row says so afterwards (security 35)', async () => {
    const { body } = await refresh(user.refresh)
    await pass(31)
    assertProblem(await refresh(user.refresh), 401, 'token_not_valid')
    assert.equal((await session())?.ended_by, 'refresh_reused')
    assertProblem(await refresh(String(body['refresh'])), 401, 'token_not_valid')
    assertProblem(await service.call('getMe', { token: String(body['access']) }), 401, 'token_not_valid')
  })

  it('refuses a grandparent within the grace without ending the session: a slow third tab (decisions 9)', async () => {
    const { body } = await refresh(user.refresh)
    const { body: latest } = await refresh(String(body['refresh']))
    assertProblem(await refresh(user.refresh), 401, 'token_not_valid')
    assert.equal((await session())?.ended_by, null)
    assert.equal((await refresh(String(latest['refresh']))).status, 200)
  })

  it('ends with the idle and with the absolute lifetime (security 38)', async () => {
    await service.sql(`update sessions set idle_until = now() - interval '1 second' where user_id = $1`, [user.id])
    assertProblem(await refresh(user.refresh), 401, 'token_not_valid')
    await service.sql(`update sessions set idle_until = now() + interval '1 day', absolute_until = now() - interval '1 second' where user_id = $1`, [user.id])
    assertProblem(await refresh(user.refresh), 401, 'token_not_valid')
    assert.equal((await session())?.ended_by, null)
  })
})
