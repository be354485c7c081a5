import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addSession, addUser, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'
import { idsOf, ListReader } from './support/listReader.ts'

describe('listUserSessions', () => {
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

  const list = (id = user.id) => service.call('listUserSessions', { path: { user_id: id }, token: superuser.access })
  const read = (id = user.id) => new ListReader(service, 'listUserSessions', superuser, id).read()

  describe('the sessions of a user (security 42)', () => {
    it('are those that listSessions returns to the user, and none is current', async () => {
      const { sessionId } = await addSession(service, user.id)
      const { results, ...page } = (await service.call('listSessions', { token: user.access })).body
      const own = results as { id: string; is_current: boolean }[]
      assert.deepEqual(own.map(({ id }) => id).sort(), [sessionId, user.sessionId].sort())
      const expected = own.map((session) => ({ ...session, is_current: false }))
      assert.deepEqual((await list()).body, { ...page, results: expected })
    })

    it('include the current session of the superuser if the user is the caller', async () => {
      const { sessionId } = await addSession(service, superuser.id)
      const { results } = (await list(superuser.id)).body
      const current = (results as { id: string; is_current: boolean }[]).map(({ id, is_current }) => [id, is_current])
      assert.deepEqual(
        new Map(current as [string, boolean][]),
        new Map([
          [superuser.sessionId, true],
          [sessionId, false],
        ]),
      )
    })
  })

  it('returns no ended session, and an empty page for a suspended user', async () => {
    const { sessionId } = await addSession(service, user.id)
    await service.call('revokeUserSession', {
      path: { user_id: user.id, session_id: sessionId },
      token: superuser.access,
    })
    assert.deepEqual(idsOf(await read()), [user.sessionId])
    const path = { user_id: user.id }
    await service.call('updateUser', { path, body: { is_active: false }, token: superuser.access })
    assert.deepEqual(idsOf(await read()), [])
  })

  it('returns 404 for an unknown or malformed id', async () => {
    for (const id of ['0198f3a2-5d40-7c11-8e2a-94b7c3d5f601', 'x']) assertProblem(await list(id), 404, 'not_found')
  })

  describeSuperusersOnly('listUserSessions', () => service)
})
