import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { TestService } from '../support/service.ts'
import { addSession, addUser, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'
import { getMe, refreshPair } from './support/requests.ts'

describe('revokeUserSession', () => {
  let service: TestService
  let superuser: Person
  let user: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  const revoke = (userId: string, sessionId: string, token = superuser.access) =>
    service.call('revokeUserSession', {
      path: { user_id: userId, session_id: sessionId },
      token,
      headers: { 'User-Agent': 'admin console' },
    })

  describe('the revoked session of a user (security 42)', () => {
    it('ends with its tokens at once, unlike the user’s other sessions', async () => {
      const other = await addSession(service, user.id)
      const { status, headers } = await revoke(user.id, user.sessionId)
      assert.deepEqual([status, headers.get('cache-control')], [204, 'no-store'])
      assertUnauthorized(await getMe(service, user.access), 'token_not_valid')
      assertUnauthorized(await refreshPair(service, user.refresh), 'token_not_valid')
      assert.equal((await getMe(service, other.access)).status, 200)
      const rows = await service.sql('select ended_by from sessions where id = $1', [user.sessionId])
      assert.deepEqual(rows, [{ ended_by: 'revoked_by_administrator' }])
    })
  })

  describe('the event of revokeUserSession (security 78)', () => {
    it('names the actor, and is recorded once', async () => {
      await revoke(user.id, user.sessionId)
      assertProblem(await revoke(user.id, user.sessionId), 404, 'not_found')
      const actor = { actor_id: superuser.id, ip_address: '127.0.0.1', user_agent: 'admin console' }
      assert.deepEqual(await eventsOf(service, user.id), [{ type: 'sessions_revoked', ...actor }])
    })
  })

  it('can end the session of the request', async () => {
    const other = await addUser(service, { superuser: true })
    assert.equal((await revoke(other.id, other.sessionId, other.access)).status, 204)
    assertUnauthorized(await getMe(service, other.access), 'token_not_valid')
  })

  it('returns 404 for a session of another user, and unknown or malformed ids', async () => {
    const other = await addUser(service)
    for (const [userId, sessionId] of [
      [user.id, other.sessionId],
      [user.id, randomUUID()],
      [randomUUID(), user.sessionId],
      ['x', user.sessionId],
      [user.id, 'x'],
    ] as const)
      assertProblem(await revoke(userId, sessionId), 404, 'not_found')
    for (const { access } of [user, other]) assert.equal((await getMe(service, access)).status, 200)
    assert.deepEqual(await eventsOf(service, user.id), [])
  })

  describeSuperusersOnly('revokeUserSession', () => service)
})
