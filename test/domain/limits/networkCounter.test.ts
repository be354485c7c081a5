import assert from 'node:assert/strict'
import { assertProblem } from '../../support/answers.ts'
import { password, type TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { attempt, countEvents, fail, from, passTime, startLimited } from './support/attempts.ts'

/** Returns an address in the nth /64 of a /48. */
const within = (site: string, network: number, host = '1') => `${site}:${network.toString(16)}::${host}`

describe('the limits of a network within an IPv6 /48 (security 105)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m', LIMIT_SIGN_IN_NETWORK: '4/10m', LIMIT_REGISTRATION: '2/1h' })
  })
  after(() => service.stop())
  beforeEach(() => service.sql('delete from rate_limits'))

  const register = (ip: string) =>
    service.call('registerUser', {
      body: { email: service.email(), password, password_confirm: password },
      headers: from(ip),
    })
  const points = async (counter: string) =>
    (
      await service.sql<{ points: number }>('select points from rate_limits where key like $1 order by points', [
        `${counter}:%`,
      ])
    ).map((row) => row.points)

  it('return 429 for the ninth registration, from any /64 of the /48', async () => {
    const statuses: number[] = []
    for (let network = 0; network < 8; network++) statuses.push((await register(within('2001:db8:a', network))).status)
    assert.deepEqual([...new Set(statuses)], [201])
    const refused = await register(within('2001:db8:a', 0xffff))
    assertProblem(refused, 429, 'throttled')
    assert.equal(refused.headers.get('ratelimit-policy'), '"registration-site";q=8;w=3600')
    assert.ok(Number(refused.headers.get('retry-after')) > 3500)
    assert.equal((await register(within('2001:db8:b', 0))).status, 201)
    assert.equal((await register('192.0.2.1')).status, 201)
  })

  it('do not count a request in the /64 if the /48 refuses it', async () => {
    for (let network = 0; network < 8; network++) await register(within('2001:db8:a', network))
    assert.deepEqual(await points('registration'), [1, 1, 1, 1, 1, 1, 1, 1])
    for (const network of [0, 0, 0, 9]) assert.equal((await register(within('2001:db8:a', network))).status, 429)
    assert.deepEqual(await points('registration'), [1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('return the RateLimit headers of whichever limit has fewer requests left', async () => {
    const shown: string[] = []
    for (const network of [1, 1, 2, 3, 4, 5, 6, 7]) {
      const { headers } = await register(within('2001:db8:a', network))
      shown.push(String(headers.get('ratelimit')).replace(/;t=.*/, ''))
    }
    const own = (left: number) => `"registration";r=${left}`
    assert.deepEqual(shown, [own(1), own(0), own(1), own(1), own(1), own(1), own(1), '"registration-site";r=0'])
  })

  it('count all spellings of an IPv4 address as one, and do not count its /24', async () => {
    for (const ip of ['192.0.2.1', '::ffff:192.0.2.1']) assert.equal((await register(ip)).status, 201)
    for (const ip of ['192.0.2.1', '::ffff:c000:201']) assert.equal((await register(ip)).status, 429)
    for (let host = 2; host < 14; host++) assert.equal((await register(`::ffff:192.0.2.${host}`)).status, 201)
    assert.deepEqual(await points('registration-site'), [])
  })

  it('refuse sign-ins from the /48 after wrong passwords for several accounts', async () => {
    const { email } = await addOwner(service)
    for (let time = 0; time < 16; time++) {
      const ip = within('2001:db8:a', Math.floor(time / 4))
      assert.deepEqual(await fail(service, 1, { email: `a${time}@example.com`, ip }), [401])
    }
    const refused = await attempt(service, { email, ip: within('2001:db8:a', 5), given: password })
    assertProblem(refused, 429, 'throttled')
    assert.equal(refused.headers.get('ratelimit-policy'), '"sign-in-network-site";q=16;w=600')
    assert.equal((await attempt(service, { email, ip: within('2001:db8:b', 5), given: password })).status, 200)
  })

  it('do not count a correct password, neither in the /64 nor in the /48', async () => {
    const { email } = await addOwner(service)
    for (let time = 0; time < 20; time++)
      assert.equal((await attempt(service, { email, ip: within('2001:db8:a', time), given: password })).status, 200)
    for (const counter of ['sign-in', 'sign-in-site', 'sign-in-network', 'sign-in-network-site'])
      assert.deepEqual(await points(counter), [], counter)
  })

  describe('the lockout of an account in a /48', () => {
    const guess = async (email: string, site: string) => {
      await service.sql(`delete from rate_limits where key like 'sign-in-network%'`)
      const statuses: number[] = []
      for (let time = 0; time < 12; time++)
        statuses.push(...(await fail(service, 1, { email, ip: within(site, Math.floor(time / 2)) })))
      await service.sql(`delete from rate_limits where key like 'sign-in-network%'`)
      return statuses
    }
    const signIn = async (email: string, ip: string) => attempt(service, { email, ip, given: password })

    it('begins after 12 wrong passwords, even if fewer than three came from each /64', async () => {
      const { email } = await addOwner(service)
      const before = await countEvents(service, 'account_locked')
      assert.deepEqual([...new Set(await guess(email, '2001:db8:c'))], [401])
      const refused = await signIn(email, within('2001:db8:c', 99))
      assertProblem(refused, 429, 'throttled')
      assert.equal(refused.headers.get('ratelimit-policy'), '"sign-in-site";q=12;w=900')
      assert.equal((await countEvents(service, 'account_locked')) - before, 1)
      assert.equal((await signIn(email, within('2001:db8:d', 0))).status, 200)
      assert.equal((await signIn((await addOwner(service)).email, within('2001:db8:c', 99))).status, 200)
    })

    it('lasts twice as long as the previous lockout', async () => {
      const { email } = await addOwner(service)
      for (const expected of [900, 1800]) {
        await guess(email, '2001:db8:c')
        const wait = Number((await signIn(email, within('2001:db8:c', 99))).headers.get('retry-after'))
        assert.ok(wait > expected - 10 && wait <= expected, `${wait} instead of ${expected}`)
        await passTime(service, expected)
      }
    })

    it('begins in a single /64 after three wrong passwords', async () => {
      const { email } = await addOwner(service)
      await fail(service, 3, { email, ip: within('2001:db8:c', 1) })
      assert.equal((await signIn(email, within('2001:db8:c', 1))).status, 429)
      assert.equal((await signIn(email, within('2001:db8:c', 2))).status, 200)
    })

    it('ends when the owner recovers the account from that network', async () => {
      const { email } = await addOwner(service)
      await guess(email, '2001:db8:c')
      const ip = within('2001:db8:c', 99)
      assert.equal((await signIn(email, ip)).status, 429)
      await service.call('forgotPassword', { body: { email }, headers: from(ip) })
      const { code } = await service.mailTo(email)
      const body = { code, password, password_confirm: password }
      assert.equal((await service.call('restorePassword', { body, headers: from(ip) })).status, 200)
      assert.equal((await signIn(email, ip)).status, 200)
    })
  })
})
