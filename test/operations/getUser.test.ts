import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser, insertUser, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'

describe('getUser', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const get = (userId: string, token = superuser.access) =>
    service.call('getUser', { path: { user_id: userId }, token })

  it('returns the stored profile and state of the user', async () => {
    const user = await addUser(service)
    const { status, body } = await get(user.id)
    const { date_joined, ...rest } = body
    assert.equal(status, 200)
    assert.ok(Math.abs(Date.parse(String(date_joined)) - Date.now()) < 60_000)
    const fresh = { id: user.id, email: user.email, first_name: '', last_name: '', language: 'en' }
    assert.deepEqual(rest, {
      ...fresh,
      is_superuser: false,
      is_active: true,
      email_confirmed: true,
      email_suppressed: false,
    })
    await service.sql(
      `update users set first_name = 'Анна', language = 'ru', is_active = false, is_superuser = true,
       email_confirmed = false, last_login = '2026-03-01T12:00:00.500000Z' where id = $1`,
      [user.id],
    )
    const changed = { first_name: 'Анна', language: 'ru', is_active: false, is_superuser: true, email_confirmed: false }
    const now = {
      ...fresh,
      ...changed,
      email_suppressed: false,
      last_login: '2026-03-01T12:00:00.500000Z',
      date_joined,
    }
    assert.deepEqual((await get(user.id)).body, now)
  })

  it('returns whether mail to the present address, not a former one, is suppressed', async () => {
    const user = await addUser(service)
    const held = service.email()
    await service.sql(
      `insert into emails (address, user_id, kind, held_until) values ($1, $2, 'held', now() + interval '1 day')`,
      [held, user.id],
    )
    const suppressed: unknown[] = []
    for (const address of [held, user.email.toLowerCase()]) {
      await service.sql(
        `insert into suppressed_addresses (address, source, reason, diagnostic) values ($1, 'smtp', '550', '')`,
        [address],
      )
      suppressed.push((await get(user.id)).body['email_suppressed'])
    }
    assert.deepEqual(suppressed, [false, true])
  })

  it('accepts an id in capital letters', async () => {
    const user = await addUser(service)
    assert.equal((await get(user.id.toUpperCase())).body['id'], user.id)
  })

  describe('an unknown or malformed id in getUser (security 68)', () => {
    it('gets 404', async () => {
      for (const id of ['0198f3a2-5d40-7c11-8e2a-94b7c3d5f601', 'x', '123', 'me2', '%00', `${superuser.id}x`])
        assertProblem(await get(id), 404, 'not_found')
    })
  })

  it('returns a suspended user, too', async () => {
    const suspended = await insertUser(service, service.email(), { isActive: false })
    assert.equal((await get(suspended)).body['is_active'], false)
  })

  describeSuperusersOnly('getUser', () => service)
})
