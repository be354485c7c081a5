import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { TestService } from '../support/service.ts'
import { addSession, addUser, type Person } from '../support/users.ts'
import { describeCredentials } from './support/describeCredentials.ts'
import { getMe, refreshPair } from './support/requests.ts'

describe('revokeSession', () => {
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
  const revoke = (session_id: string, token = user.access) =>
    service.call('revokeSession', { token, path: { session_id }, headers })
  /** Inserts another session of the user. */
  const signIn = async () => {
    const { sessionId, ...tokens } = await addSession(service, user.id)
    return { id: sessionId, ...tokens }
  }
  const endedBy = async (id: string) => {
    const [row] = await service.sql<{ ended_by: string | null }>('select ended_by from sessions where id = $1', [id])
    return row?.ended_by
  }
  const event = { type: 'sessions_revoked', actor_id: null, ip_address: '203.0.113.7', user_agent: 'a test' }

  describe('the revoked session (security 42)', () => {
    it('ends with its tokens at once, unlike the user’s other sessions', async () => {
      const [other, third] = [await signIn(), await signIn()]
      const { body } = await refreshPair(service, other.refresh)
      const { status, body: none, headers: received } = await revoke(other.id)
      assert.deepEqual([status, none['text'], received.get('cache-control')], [204, '', 'no-store'])
      for (const token of [other.access, String(body['access'])])
        assertUnauthorized(await getMe(service, token), 'token_not_valid')
      for (const refresh of [other.refresh, String(body['refresh'])])
        assertUnauthorized(await refreshPair(service, refresh), 'token_not_valid')
      for (const token of [user.access, third.access]) assert.equal((await getMe(service, token)).status, 200)
      assert.equal((await refreshPair(service, third.refresh)).status, 200)
      assert.equal(await endedBy(other.id), 'revoked')
      assert.deepEqual(await eventsOf(service, user.id), [event])
    })
  })

  it('can end the current session, whose next request is refused', async () => {
    assert.equal((await revoke(user.sessionId)).status, 204)
    assertUnauthorized(await revoke(user.sessionId), 'token_not_valid')
    assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
    assert.deepEqual(await eventsOf(service, user.id), [event])
  })

  it('accepts an id in capital letters', async () => {
    const { id } = await signIn()
    assert.equal((await revoke(id.toUpperCase())).status, 204)
  })

  describe('a session that the user does not have (security 42, 76)', () => {
    it('gets 404 and is not changed: another user’s, unknown, ended or expired', async () => {
      const stranger = await addUser(service)
      const superuser = await addUser(service, { superuser: true })
      const [ended, idle, absolute] = [await signIn(), await signIn(), await signIn()]
      await service.sql(`update sessions set ended_at = now(), ended_by = 'signed_out' where id = $1`, [ended.id])
      await service.sql('update sessions set idle_until = now() where id = $1', [idle.id])
      await service.sql('update sessions set absolute_until = now() where id = $1', [absolute.id])
      const rows = () => service.sql('select * from sessions order by id')
      const before = await rows()
      for (const id of [stranger.sessionId, randomUUID(), ended.id, idle.id, absolute.id, user.id])
        assertProblem(await revoke(id), 404, 'not_found')
      assertProblem(await revoke(user.sessionId, superuser.access), 404, 'not_found')
      assert.deepEqual(await rows(), before)
      for (const { id } of [user, stranger, superuser]) assert.deepEqual(await eventsOf(service, id), [])
    })
  })

  it('returns 404 for a malformed id', async () => {
    for (const id of ['x', '1', `${user.sessionId}0`, `{${user.sessionId}}`, encodeURIComponent("'; --")])
      assertProblem(await revoke(id), 404, 'not_found')
  })

  it('returns 204 to one of 10 simultaneous requests, and 404 to the others', async () => {
    const { id } = await signIn()
    const answers = await Promise.all(Array.from({ length: 10 }, () => revoke(id)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, ...Array.from({ length: 9 }, () => 404)])
    assert.deepEqual(await eventsOf(service, user.id), [event])
  })

  describeCredentials('revokeSession', () => service, {
    calls: ({ sessionId }) => [{}, { path: { session_id: sessionId } }],
  })
})
