import assert from 'node:assert/strict'
import { withoutIds, assertProblem } from '../../support/answers.ts'
import { password, type TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { attempt, countEvents, fail, from, keysOf, passTime, startLimited } from './support/attempts.ts'

describe('the limits of sign-in, with 3 attempts in 15 minutes', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m' })
  })
  after(() => service.stop())

  describe('the lockout of an account (security 54, 58)', () => {
    it('causes 429 with Retry-After and RateLimit headers after 3 wrong passwords', async () => {
      const { email } = await addOwner(service)
      const ip = '192.0.2.1'
      const first = await attempt(service, { email, ip })
      assertProblem(first, 401, 'no_active_account')
      assert.equal(first.headers.get('ratelimit-policy'), '"sign-in";q=3;w=900')
      assert.match(String(first.headers.get('ratelimit')), /^"sign-in";r=2;t=(899|900)$/)
      assert.deepEqual(await fail(service, 2, { email, ip }), [401, 401])
      const refused = await attempt(service, { email, ip, given: password })
      assertProblem(refused, 429, 'throttled')
      const wait = Number(refused.headers.get('retry-after'))
      assert.ok(wait > 890 && wait <= 900, String(wait))
      assert.equal(refused.body['detail'], `Request was throttled. Expected available in ${wait} seconds.`)
      assert.equal(refused.headers.get('ratelimit'), `"sign-in";r=0;t=${wait}`)
    })

    it('lasts twice as long as the previous lockout of that day, up to a day', async () => {
      const { email } = await addOwner(service)
      const ip = '192.0.2.2'
      for (const expected of [900, 1800, 3600]) {
        await fail(service, 3, { email, ip })
        const wait = Number((await attempt(service, { email, ip })).headers.get('retry-after'))
        assert.ok(wait > expected - 10 && wait <= expected, `${wait} instead of ${expected}`)
        await passTime(service, expected)
      }
      assert.equal((await attempt(service, { email, ip, given: password })).status, 200)
    })
  })

  it('do not count a correct password, and reset the count of wrong passwords', async () => {
    const { email } = await addOwner(service)
    const ip = '192.0.2.3'
    for (let round = 0; round < 3; round++) {
      await fail(service, 2, { email, ip })
      const { status, headers } = await attempt(service, { email, ip, given: password })
      assert.equal(status, 200)
      assert.equal(headers.get('ratelimit'), '"sign-in";r=3;t=900')
    }
  })

  it('do not count an attempt whose password could not be checked', async () => {
    const { email } = await addOwner(service)
    const ip = '192.0.2.4'
    const before = await keysOf(service)
    await service.sql('alter table users rename to users_away')
    assert.deepEqual(await fail(service, 4, { email, ip }), [500, 500, 500, 500])
    assert.deepEqual(await keysOf(service), before)
    await service.sql('alter table users_away rename to users')
    assert.equal((await attempt(service, { email, ip, given: password })).status, 200)
  })

  describe('the lockout of an email address without an active account (security 12, 17)', () => {
    it('gets the same replies as that of an active account', async () => {
      const suspended = await addOwner(service)
      await service.sql('update users set is_active = false where id = $1', [suspended.id])
      const emails = [(await addOwner(service)).email, suspended.email, 'nobody@example.com']
      for (let time = 0; time < 5; time++) {
        const [owner, ...others] = await Promise.all(
          emails.map(async (email) =>
            withoutIds(await attempt(service, { email, ip: `192.0.2.${time === 4 ? 6 : 5}` })),
          ),
        )
        const untimed = ({ headers, members, ...rest }: NonNullable<typeof owner>) => ({
          ...rest,
          headers: { ...headers, ratelimit: headers['ratelimit']?.replace(/t=.*/, ''), 'retry-after': '' },
          members: { ...members, detail: String(members['detail']).replace(/\d+ second/, '') },
        })
        for (const other of others) assert.deepEqual(untimed(other), owner && untimed(owner))
        assert.equal(owner?.status, time === 3 ? 429 : 401)
      }
    })
  })

  describe('the security event of a lockout (security 78)', () => {
    it('contains no user if the email address is unknown', async () => {
      const { id, email } = await addOwner(service)
      await service.sql(`delete from security_events where type = 'account_locked'`)
      await fail(service, 4, { email, ip: '192.0.2.7' })
      await fail(service, 4, { email: 'no-one@example.com', ip: '192.0.2.7' })
      const events = await service.sql<{ user_id: string; ip_address: string }>(
        `select user_id, host(ip_address) as ip_address from security_events where type = 'account_locked' order by timestamp`,
      )
      const nobody = '00000000-0000-0000-0000-000000000000'
      assert.deepEqual(events, [
        { user_id: id, ip_address: '192.0.2.7' },
        { user_id: nobody, ip_address: '192.0.2.7' },
      ])
    })
  })

  describe('the network for which an account is locked (security 56)', () => {
    it('is the /64 that contains an IPv6 address', async () => {
      const { email } = await addOwner(service)
      for (const host of [':1', 'dead:beef:0:1', 'ffff:ffff:ffff:ffff'])
        assert.deepEqual(await fail(service, 1, { email, ip: `2001:db8:0:1:${host}` }), [401])
      assert.deepEqual(await fail(service, 1, { email, ip: '2001:db8:0:1:8000::' }), [429])
      assert.deepEqual(await fail(service, 1, { email, ip: '2001:db8:0:2::1' }), [401])
    })
  })

  it('count a wrong current password in any operation like a failed sign-in', async () => {
    const { email, access: token } = await addOwner(service)
    const headers = from('192.0.2.8')
    const reauthentications = {
      changePassword: { current_password: 'wrong', password, password_confirm: password },
      changeEmail: { current_password: 'wrong', email: 'other@example.com' },
      exportMe: { current_password: 'wrong' },
      deleteMe: { current_password: 'wrong' },
    }
    const call = (id: keyof typeof reauthentications, given = 'wrong') =>
      service.call(id, { token, headers, body: { ...reauthentications[id], current_password: given } })
    assert.equal((await call('exportMe', password)).headers.get('ratelimit'), '"sign-in";r=3;t=900')
    for (const id of ['changePassword', 'changeEmail', 'exportMe'] as const) {
      const answer = await call(id)
      assertProblem(answer, 400, 'current_password_incorrect')
      assert.ok(answer.headers.has('ratelimit'))
    }
    for (const id of Object.keys(reauthentications) as (keyof typeof reauthentications)[])
      assertProblem(await call(id, password), 429, 'throttled')
    assertProblem(await attempt(service, { email, ip: '192.0.2.8', given: password }), 429, 'throttled')
    assert.equal((await service.call('getMe', { token, headers })).status, 200)
  })
})

describe('300 parallel attempts to sign in (security 54)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited()
  })
  after(() => service.stop())

  it('cause at most 10 password checks and one lockout', async () => {
    const { email } = await addOwner(service)
    const answers = await Promise.all(Array.from({ length: 300 }, () => attempt(service, { email, ip: '192.0.2.1' })))
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual([...new Set(statuses)], [401, 429])
    assert.equal(statuses.filter((status) => status === 401).length, 10)
    assert.equal(await countEvents(service, 'sign_in_failed'), 10)
    assert.equal(await countEvents(service, 'account_locked'), 1)
  })
})
