import assert from 'node:assert/strict'
import { fail, passTime, startLimited } from '../domain/limits/support/attempts.ts'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'
import { describeSuperusersOnly } from './support/describeCredentials.ts'

type Lockout = { network?: string; expires_at: string }

describe('listLockouts', () => {
  let service: TestService
  let superuser: Person
  let user: Person

  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m', LIMIT_SIGN_IN_ACCOUNT: '20/1h' })
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const list = (id = user.id) => service.call('listLockouts', { path: { user_id: id }, token: superuser.access })
  const read = async (id = user.id) => {
    const { status, body } = await list(id)
    assert.equal(status, 200, JSON.stringify(body))
    return body['lockouts'] as Lockout[]
  }
  const networksOf = async (id = user.id) => (await read(id)).map(({ network }) => network).sort()
  const lockFrom = async (ip: string, { email } = user) => fail(service, 3, { email, ip })

  describe('the lockouts of a user (security 54)', () => {
    it('are the networks from which sign-ins are refused, and their ends', async () => {
      assert.deepEqual(await read(), [])
      await fail(service, 2, { email: user.email, ip: '192.0.2.1' })
      assert.deepEqual(await read(), [])
      await lockFrom('192.0.2.2')
      const [lockout, ...others] = await read()
      assert.deepEqual([lockout?.network, others], ['192.0.2.2', []])
      const seconds = (Date.parse(lockout?.expires_at ?? '') - Date.now()) / 1000
      assert.ok(seconds > 890 && seconds <= 900, String(seconds))
    })

    it('end with their time', async () => {
      await lockFrom('192.0.2.3')
      await passTime(service, 899)
      assert.deepEqual(await networksOf(), ['192.0.2.3'])
      await passTime(service, 1)
      assert.deepEqual(await networksOf(), [])
    })

    it('include the /64 network and the /48 network of IPv6 clients', async () => {
      for (let network = 1; network <= 4; network++) await lockFrom(`2001:db8:1:${String(network)}::1`)
      assert.deepEqual(await networksOf(), [
        ...['2001:db8:1:1::/64', '2001:db8:1:2::/64', '2001:db8:1:3::/64', '2001:db8:1:4::/64', '2001:db8:1::/48'],
      ])
    })

    it('include that of all unknown networks, which names no network', async () => {
      for (let network = 1; network <= 7; network++) await lockFrom(`198.51.100.${String(network)}`)
      assert.ok((await networksOf()).includes(undefined))
      assert.equal((await read()).length, 6 + 1) // The 21st attempt was refused before it locked the 7th network.
    })

    it('are not those of another user in the same network', async () => {
      const other = await addOwner(service)
      await lockFrom('192.0.2.4', other)
      assert.deepEqual([await networksOf(), await networksOf(other.id)], [[], ['192.0.2.4']])
    })
  })

  describe('more events than are searched', () => {
    const insertEvents = (type: string, count: number) =>
      service.sql(
        `insert into security_events (user_id, id, type, ip_address, user_agent, timestamp)
         select $1, gen_random_uuid(), $2, '192.0.2.0'::inet + number, '', now() + number * interval '1 microsecond'
         from generate_series(1, $3::integer) number`,
        [user.id, type, count],
      )

    it('are reported if the account was locked in more than 100 networks', async () => {
      await lockFrom('192.0.2.250')
      await insertEvents('account_locked', 99)
      assert.deepEqual(Object.keys((await list()).body), ['lockouts'])
      assert.deepEqual(await networksOf(), ['192.0.2.250'])
      await insertEvents('account_locked', 100)
      assert.deepEqual((await list()).body, { lockouts: [], lockouts_capped: true })
    })

    it('are reported if 10,000 other events hide the lockouts', async () => {
      await lockFrom('192.0.2.251')
      const [{ count } = { count: 0 }] = await service.sql<{ count: number }>(
        'select count(*)::integer as count from security_events where user_id = $1',
        [user.id],
      )
      await insertEvents('sign_in_failed', 10_000 - count - 1)
      assert.deepEqual(await networksOf(), ['192.0.2.251'])
      assert.deepEqual(Object.keys((await list()).body), ['lockouts'])
      await insertEvents('sign_in_failed', 10_000)
      assert.deepEqual((await list()).body, { lockouts: [], lockouts_capped: true })
    })
  })

  it('returns no lockout if nothing is limited', async () => {
    const unlimited = await TestService.start()
    try {
      const { id, access: token } = await addUser(unlimited, { superuser: true })
      const { body } = await unlimited.call('listLockouts', { path: { user_id: id }, token })
      assert.deepEqual(body, { lockouts: [] })
    } finally {
      await unlimited.stop()
    }
  })

  it('returns 404 for an unknown or malformed id', async () => {
    for (const id of ['0198f3a2-5d40-7c11-8e2a-94b7c3d5f601', 'x']) assertProblem(await list(id), 404, 'not_found')
  })

  describeSuperusersOnly('listLockouts', () => service)
})
