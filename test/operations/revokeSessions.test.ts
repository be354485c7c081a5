import assert from 'node:assert/strict'
import { assertUnauthorized } from '../support/answers.ts'
import { holdRow, untilBlocked } from '../support/locks.ts'
import { rounds } from '../support/rounds.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { TestService, type Answer } from '../support/service.ts'
import { addSession, addUser, type Person } from '../support/users.ts'
import { describeUnreadableBodies, itRefusesBodies, type RefusedBody } from './support/describeBodies.ts'
import { describeCredentials, rowsOf } from './support/describeCredentials.ts'
import { getMe, refreshPair } from './support/requests.ts'

describe('revokeSessions', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  const headers = { 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'a test' }
  const revoke = (keep_current: boolean) =>
    service.call('revokeSessions', { token: user.access, body: { keep_current }, headers })
  const event = { type: 'sessions_revoked', actor_id: null, ip_address: '203.0.113.7', user_agent: 'a test' }
  const assertOver = async ({ access, refresh }: { access: string; refresh: string }) => {
    assertUnauthorized(await getMe(service, access), 'token_not_valid')
    assertUnauthorized(await refreshPair(service, refresh), 'token_not_valid')
  }

  describe('all sessions of a user (security 42)', () => {
    it('are ended except the current one; the reply contains their number', async () => {
      const others = [await addSession(service, user.id), await addSession(service, user.id)]
      const { status, body, headers: received } = await revoke(true)
      assert.deepEqual([status, body, received.get('cache-control')], [200, { revoked: 2 }, 'no-store'])
      for (const other of others) await assertOver(other)
      assert.equal((await getMe(service, user.access)).status, 200)
      assert.equal((await refreshPair(service, user.refresh)).status, 200)
      assert.deepEqual(await eventsOf(service, user.id), [event])
    })

    it('are ended including the current one', async () => {
      const other = await addSession(service, user.id)
      assert.deepEqual((await revoke(false)).body, { revoked: 2 })
      for (const session of [user, other]) await assertOver(session)
      assertUnauthorized(await revoke(false), 'token_not_valid')
      assert.deepEqual(await eventsOf(service, user.id), [event])
      const rows = await service.sql('select distinct ended_by from sessions where user_id = $1', [user.id])
      assert.deepEqual(rows, [{ ended_by: 'revoked' }])
    })
  })

  it('counts active sessions only, and does not change ended ones', async () => {
    const ids: string[] = []
    for (let session = 0; session < 4; session++) ids.push((await addSession(service, user.id)).sessionId)
    const [ended, idle, absolute] = ids
    await service.sql(`update sessions set ended_at = '2026-01-01', ended_by = 'signed_out' where id = $1`, [ended])
    await service.sql('update sessions set idle_until = now() where id = $1', [idle])
    await service.sql('update sessions set absolute_until = now() where id = $1', [absolute])
    assert.deepEqual((await revoke(true)).body, { revoked: 1 })
    const rows = await service.sql('select ended_by, ended_at from sessions where id = $1', [ended])
    assert.deepEqual(rows, [{ ended_by: 'signed_out', ended_at: new Date('2026-01-01') }])
  })

  it('records no event if there is no session to end', async () => {
    assert.deepEqual((await revoke(true)).body, { revoked: 0 })
    assert.deepEqual(await eventsOf(service, user.id), [])
  })

  describe('the sessions of other users (security 76)', () => {
    it('are not ended', async () => {
      const other = await addUser(service)
      await revoke(false)
      assert.equal((await getMe(service, other.access)).status, 200)
      assert.deepEqual(await eventsOf(service, other.id), [])
    })
  })

  it(`ends the sessions of simultaneous refreshes, too, in ${rounds} rounds`, async () => {
    for (let round = 0; round < rounds; round++) {
      const other = await addSession(service, user.id)
      const release = await holdRow(service, 'sessions', other.sessionId)
      const steps = [() => revoke(true), ...Array.from({ length: 5 }, () => () => refreshPair(service, other.refresh))]
      steps.push(...steps.splice(0, round % 6)) // The revocation comes before, between or after the refreshes.
      const answers: Promise<Answer>[] = []
      for (const step of steps) {
        answers.push(step())
        await untilBlocked(service, answers.length)
      }
      await release()
      for (const { status, body } of await Promise.all(answers)) {
        if ('revoked' in body) assert.equal(body['revoked'], 1)
        if (!('access' in body)) continue
        assert.equal(status, 200)
        assertUnauthorized(await refreshPair(service, body['refresh']), 'token_not_valid')
        assertUnauthorized(await getMe(service, String(body['access'])), 'token_not_valid')
      }
      await assertOver(other)
    }
  })

  describe('the body of revokeSessions (security 75)', () => {
    const cases: RefusedBody[] = [
      ['a body without keep_current', {}, '/keep_current required'],
      ...['true', 1, null, [], {}].map((value): RefusedBody => {
        return [`${JSON.stringify(value)} as keep_current`, { keep_current: value }, '/keep_current type']
      }),
      ['an unknown member', { keep_current: true, user: 'x' }, '/user unknown_member'],
    ]
    const send = (body: object) => service.call('revokeSessions', { token: user.access, body })
    itRefusesBodies(cases, send, () => rowsOf(service, user))
  })

  describeCredentials('revokeSessions', () => service, {
    calls: () => [{ body: {} }, { body: { keep_current: false } }],
  })

  describeUnreadableBodies('revokeSessions', () => service)
})
