import assert from 'node:assert/strict'
import { maxPairs } from '../../src/domain/accounts/lockouts.ts'
import { fail, passTime, startLimited } from '../domain/limits/support/attempts.ts'
import { TestService } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'
import { describeCredentials, describeSuperusersOnly } from './support/describeCredentials.ts'

type LockedUser = { id: string; email: string; lockouts: { network?: string; expires_at: string }[] }

describe('listLockedUsers', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m', LIMIT_SIGN_IN_ACCOUNT: '20/1h' })
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(() => service.sql('truncate rate_limits, security_events'))

  const list = async () => {
    const { status, body } = await service.call('listLockedUsers', { token: superuser.access })
    assert.equal(status, 200, JSON.stringify(body))
    return body as { users: LockedUser[]; users_capped?: boolean }
  }
  const lock = (ip: string, { email }: { email: string }) => fail(service, 3, { email, ip })
  const insertLockout = (userId: string, count: number) =>
    service.sql(
      `insert into security_events (user_id, id, type, ip_address, user_agent, timestamp)
       select $1, gen_random_uuid(), 'account_locked', '192.0.2.0'::inet + number, '',
         now() - number * interval '1 microsecond'
       from generate_series(1, $2::integer) number`,
      [userId, count],
    )

  describe('the users who are locked out (security 54)', () => {
    it('are listed with the lockouts that listLockouts returns, the latest first', async () => {
      assert.deepEqual(await list(), { users: [] })
      const [one, other] = [await addOwner(service), await addOwner(service)]
      await lock('192.0.2.1', one)
      await lock('2001:db8::1', other)
      await lock('192.0.2.2', one)
      const { users } = await list()
      assert.deepEqual(
        users.map(({ id, email }) => [id, email]),
        [one, other].map(({ id, email }) => [id, email]),
      )
      for (const { id, lockouts } of users) {
        const { body } = await service.call('listLockouts', { path: { user_id: id }, token: superuser.access })
        const byNetwork = (list: LockedUser['lockouts']) =>
          list.toSorted((a, b) => (a.network ?? '').localeCompare(b.network ?? ''))
        assert.deepEqual(byNetwork(lockouts), byNetwork(body['lockouts'] as LockedUser['lockouts']))
      }
      assert.deepEqual(users[0]?.lockouts.map(({ network }) => network).sort(), ['192.0.2.1', '192.0.2.2'])
    })

    it('leave the list when their lockouts are lifted or end, or when they are deleted', async () => {
      const people = [await addOwner(service), await addOwner(service), await addOwner(service)] as const
      for (const [index, person] of people.entries()) await lock(`192.0.2.${String(index + 1)}`, person)
      const idsOf = async () => (await list()).users.map(({ id }) => id)
      assert.deepEqual(await idsOf(), people.map(({ id }) => id).reverse())
      await service.call('liftLockouts', { path: { user_id: people[0].id }, token: superuser.access })
      await service.call('deleteUser', { path: { user_id: people[1].id }, token: superuser.access })
      assert.deepEqual(await idsOf(), [people[2].id])
      await passTime(service, 900)
      assert.deepEqual(await list(), { users: [] })
    })

    it('include those who are locked out in all unknown networks', async () => {
      const user = await addOwner(service)
      for (let network = 1; network <= 7; network++) await lock(`198.51.100.${String(network)}`, user)
      const [locked] = (await list()).users
      assert.equal(locked?.id, user.id)
      assert.ok(locked.lockouts.some(({ network }) => network === undefined))
    })

    it('do not include addresses without an account', async () => {
      await lock('192.0.2.1', { email: 'nobody@example.com' })
      assert.deepEqual(await list(), { users: [] })
    })
  })

  describe('more lockouts than are searched (security 95)', () => {
    it('are reported if there are 500 pairs of a user and an IP address', async () => {
      const user = await addOwner(service)
      await insertLockout(user.id, maxPairs - 1)
      assert.deepEqual(await list(), { users: [] })
      await insertLockout(user.id, maxPairs)
      assert.deepEqual(await list(), { users: [], users_capped: true })
    })

    it('are reported if 10,000 lockouts of one user hide the others', async () => {
      const [hidden, frequent] = [await addOwner(service), await addOwner(service)]
      await lock('192.0.2.1', hidden)
      await service.sql(
        `insert into security_events (user_id, id, type, ip_address, user_agent, timestamp)
         select $1, gen_random_uuid(), 'account_locked', '192.0.2.9', '', now() from generate_series(1, 10000)`,
        [frequent.id],
      )
      assert.deepEqual(await list(), { users: [], users_capped: true })
    })
  })

  it('returns no user if nothing is limited', async () => {
    const unlimited = await TestService.start({ RATE_LIMITS: 'off' })
    try {
      const { access: token } = await addUser(unlimited, { superuser: true })
      assert.deepEqual((await unlimited.call('listLockedUsers', { token })).body, { users: [] })
    } finally {
      await unlimited.stop()
    }
  })

  describeCredentials('listLockedUsers', () => service, { superuser: true })
  describeSuperusersOnly('listLockedUsers', () => service)
})
