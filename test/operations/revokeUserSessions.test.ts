import assert from 'node:assert/strict'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { TestService } from '../support/service.ts'
import { addUser, quickHash, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'
import { getMe, refreshPair } from './support/requests.ts'

describe('revokeUserSessions', () => {
  let service: TestService
  let superuser: Person
  let user: Person
  let passwordHash: Uint8Array

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
    passwordHash = await quickHash
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash })
  })

  const revoke = (id = user.id, token = superuser.access, headers = {}) =>
    service.call('revokeUserSessions', { path: { user_id: id }, token, headers })
  const signIn = () => service.signIn(user.email)

  describe('all sessions of a user (security 42)', () => {
    it('are ended with their access tokens, and the user can sign in again', async () => {
      const second = await signIn()
      const other = await addUser(service)
      assert.deepEqual((await revoke()).body, { revoked: 2 })
      for (const { access, refresh } of [user, second]) {
        assertUnauthorized(await getMe(service, access), 'token_not_valid')
        assertUnauthorized(await refreshPair(service, refresh), 'token_not_valid')
      }
      assert.equal((await getMe(service, other.access)).status, 200)
      assert.equal((await getMe(service, (await signIn()).access)).status, 200)
      const rows = await service.sql(
        'select distinct ended_by from sessions where user_id = $1 and ended_at is not null',
        [user.id],
      )
      assert.deepEqual(rows, [{ ended_by: 'revoked_by_administrator' }])
    })
  })

  describe('the event of revokeUserSessions (security 78)', () => {
    it('names the actor, and is recorded only if a session was ended', async () => {
      const headers = { 'User-Agent': 'admin console' }
      await revoke(user.id, superuser.access, headers)
      assert.deepEqual((await revoke(user.id, superuser.access, headers)).body, { revoked: 0 })
      const actor = { actor_id: superuser.id, ip_address: '127.0.0.1', user_agent: 'admin console' }
      assert.deepEqual(await eventsOf(service, user.id), [{ type: 'sessions_revoked', ...actor }])
    })
  })

  it('counts only active sessions', async () => {
    await service.sql(`update sessions set idle_until = now() - interval '1 minute' where user_id = $1`, [user.id])
    assert.deepEqual((await revoke()).body, { revoked: 0 })
    await signIn()
    assert.deepEqual((await revoke()).body, { revoked: 1 })
  })

  it('ends the sessions of the caller, too', async () => {
    const other = await addUser(service, { superuser: true })
    assert.deepEqual((await revoke(other.id, other.access)).body, { revoked: 1 })
    assertUnauthorized(await getMe(service, other.access), 'token_not_valid')
  })

  describe('refreshes at the same time as revokeUserSessions (security 40)', () => {
    it('leave no active session', async () => {
      for (let round = 0; round < 5; round++) {
        const person = await addUser(service)
        const storm = Array.from({ length: 20 }, () => refreshPair(service, person.refresh))
        const [{ status }, ...answers] = await Promise.all([revoke(person.id), ...storm])
        assert.equal(status, 200)
        for (const { status: refreshed, body } of answers) {
          if (refreshed === 200) assertUnauthorized(await getMe(service, String(body['access'])), 'token_not_valid')
        }
        const sql = 'select 1 from sessions where user_id = $1 and ended_at is null'
        assert.deepEqual(await service.sql(sql, [person.id]), [])
      }
    })
  })

  it('returns 0 for a suspended user, who has no active session', async () => {
    const path = { user_id: user.id }
    await service.call('updateUser', { path, body: { is_active: false }, token: superuser.access })
    assert.deepEqual((await revoke()).body, { revoked: 0 })
  })

  it('returns 404 for an unknown or malformed id', async () => {
    for (const id of ['0198f3a2-5d40-7c11-8e2a-94b7c3d5f601', 'x']) assertProblem(await revoke(id), 404, 'not_found')
  })

  describeSuperusersOnly('revokeUserSessions', () => service)
})
