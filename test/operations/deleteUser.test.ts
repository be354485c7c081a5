import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { rounds } from '../support/rounds.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'
import { assertErased, assertEverywhere, fillEverything } from './support/everything.ts'
import { getMe } from './support/requests.ts'

describe('deleteUser', () => {
  let service: TestService
  let superuser: Person
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    await service.sql('update users set is_superuser = false')
    superuser = await addUser(service, { superuser: true })
    user = await addUser(service)
  })

  const deleteUser = ({ access: token }: { access: string }, user_id: string) =>
    service.call('deleteUser', { token, path: { user_id } })
  const deletion = async (id: string) => {
    const [event, ...more] = await service.sql<{ actor_id: string | null }>(
      `select actor_id from security_events where user_id = $1 and type = 'user_deleted' and timestamp > now() - interval '1 minute'`,
      [id],
    )
    assert.deepEqual(more, [])
    return event
  }

  it('erases the user like deleteMe, and names the administrator in the event', async () => {
    const traces = await fillEverything(service, user)
    await assertEverywhere(service, traces)
    const { status, body } = await deleteUser(superuser, user.id)
    assert.deepEqual([status, body], [204, { text: '' }])
    await assertErased(service, traces)
    assert.deepEqual(await deletion(user.id), { actor_id: superuser.id })
    assertUnauthorized(await getMe(service, user.access), 'user_not_found')
  })

  it('erases suspended users, and users without a password', async () => {
    await service.sql('update users set is_active = false where id = $1', [user.id])
    assert.equal((await deleteUser(superuser, user.id)).status, 204)
    await assertErased(service, { id: user.id, addresses: [user.email] })
  })

  it('returns 404 for an unknown, malformed or erased id', async () => {
    assertProblem(await deleteUser(superuser, randomUUID()), 404, 'not_found')
    assertProblem(await deleteUser(superuser, 'malformed'), 404, 'not_found')
    assert.equal((await deleteUser(superuser, user.id)).status, 204)
    assertProblem(await deleteUser(superuser, user.id), 404, 'not_found')
    assert.deepEqual(await deletion(user.id), { actor_id: superuser.id })
  })

  describeSuperusersOnly('deleteUser', () => service)

  describe('superusers in deleteUser (security 77)', () => {
    it('can delete themselves, except the last active one', async () => {
      assertProblem(await deleteUser(superuser, superuser.id), 409, 'last_superuser')
      const second = await addUser(service, { superuser: true })
      await service.sql('update users set is_active = false where id = $1', [second.id])
      assertProblem(await deleteUser(superuser, superuser.id), 409, 'last_superuser')
      await service.sql('update users set is_active = true where id = $1', [second.id])
      const traces = await fillEverything(service, superuser)
      assert.equal((await deleteUser(superuser, superuser.id)).status, 204)
      await assertErased(service, traces)
      assertProblem(await deleteUser(second, second.id), 409, 'last_superuser')
    })

    it(`cannot both delete each other at the same time, in ${rounds} rounds`, async () => {
      let one = superuser
      for (let round = 0; round < rounds; round++) {
        const two = await addUser(service, { superuser: true })
        const answers = await Promise.all([deleteUser(one, two.id), deleteUser(two, one.id)])
        const statuses = answers.map(({ status }) => status)
        assert.equal(statuses.filter((status) => status === 204).length, 1, statuses.join())
        assert.ok(
          statuses.some((status) => status === 409 || status === 401),
          statuses.join(),
        )
        const left = await service.sql<{ id: string }>('select id from users where is_superuser')
        assert.equal(left.length, 1)
        one = left[0]?.id === one.id ? one : two
      }
    })
  })

  it('returns 204 to one of several simultaneous requests, and 404 to the others', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => deleteUser(superuser, user.id)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 404, 404, 404, 404])
    assert.deepEqual(await deletion(user.id), { actor_id: superuser.id })
  })
})
