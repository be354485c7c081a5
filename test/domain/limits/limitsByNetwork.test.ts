import assert from 'node:assert/strict'
import { assertProblem } from '../../support/answers.ts'
import { password, TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { attempt, fail, from, passTime, startLimited } from './support/attempts.ts'

const registration = (email: string) => ({ email, password, password_confirm: password })

describe('the limits by network and by session', () => {
  let service: TestService
  let second: TestService
  before(async () => {
    const settings = {
      LIMIT_SIGN_IN: '6/15m',
      LIMIT_SIGN_IN_NETWORK: '4/10m',
      LIMIT_REGISTRATION: '2/1h',
      LIMIT_REFRESH: '3/1m',
    }
    service = await startLimited(settings)
    second = await startLimited({ ...settings, DATABASE_URL: service.databaseUrl })
  })
  after(async () => {
    await second.stop()
    await service.stop()
  })

  it('refuse sign-ins after wrong passwords for several accounts (security 54, 58)', async () => {
    const { email } = await addOwner(service)
    for (const whose of ['a@example.com', 'b@example.com', 'c@example.com', email])
      assert.deepEqual(await fail(service, 1, { email: whose, ip: '192.0.2.1' }), [401])
    const refused = await attempt(service, { email, ip: '192.0.2.1', given: password })
    assertProblem(refused, 429, 'throttled')
    assert.equal(refused.headers.get('ratelimit-policy'), '"sign-in-network";q=4;w=600')
    assert.equal((await attempt(service, { email, ip: '192.0.2.2', given: password })).status, 200)
    await passTime(service, 600)
    assert.equal((await attempt(service, { email, ip: '192.0.2.1', given: password })).status, 200)
  })

  it('do not count sign-ins that are refused because an account is locked', async () => {
    const [{ email }, other] = [await addOwner(service), await addOwner(service)]
    const ip = '192.0.2.9'
    await service.sql('delete from rate_limits')
    await fail(service, 2, { email, ip })
    await service.sql(`update rate_limits set points = 6 where key like 'sign-in:%'`)
    assert.deepEqual(await fail(service, 5, { email, ip }), [429, 429, 429, 429, 429])
    assert.equal((await attempt(service, { email: other.email, ip, given: password })).status, 200)
  })

  it('are shared between instances (security 60)', async () => {
    const { email } = await addOwner(service)
    const statuses: number[] = []
    for (let time = 0; time < 3; time++)
      for (const instance of [service, second])
        statuses.push((await attempt(instance, { email, ip: '192.0.2.3' })).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 429, 429])
  })

  it('limit a network’s registrations, not counting invalid ones (security 17, 58)', async () => {
    const headers = from('2001:db8:1:1::1')
    const register = (email: string, more = {}) =>
      service.call('registerUser', { body: { ...registration(email), ...more }, headers })
    const { email: taken } = await addOwner(service)
    for (let time = 0; time < 3; time++)
      assert.equal((await register('x@example.com', { password: 'short' })).status, 400)
    const first = await register(taken)
    assert.equal(first.status, 201)
    assert.match(String(first.headers.get('ratelimit')), /^"registration";r=1;t=\d+$/)
    assert.equal((await register('free@example.com')).status, 201)
    const refused = await register('other@example.com')
    assertProblem(refused, 429, 'throttled')
    assert.ok(Number(refused.headers.get('retry-after')) > 3500)
    const elsewhere = { body: registration('other@example.com'), headers: from('2001:db8:1:2::1') }
    assert.equal((await service.call('registerUser', elsewhere)).status, 201)
  })

  it('do not count registrations that end in a 500', async () => {
    const headers = from('192.0.2.10')
    await service.sql('alter table registrations rename to registrations_away')
    for (let time = 0; time < 3; time++) {
      const { status } = await service.call('registerUser', { body: registration('y@example.com'), headers })
      assert.equal(status, 500)
    }
    await service.sql('alter table registrations_away rename to registrations')
    const { status } = await service.call('registerUser', { body: registration('y@example.com'), headers })
    assert.equal(status, 201)
  })

  it('limit how often a session is refreshed (security 58)', async () => {
    const owner = await addOwner(service)
    const other = await addOwner(service)
    let { refresh } = owner
    for (let time = 0; time < 3; time++) {
      const { status, headers, body } = await service.call('refreshToken', { body: { refresh } })
      assert.equal(status, 200)
      assert.match(String(headers.get('ratelimit')), new RegExp(`^"refresh";r=${2 - time};t=`))
      refresh = String(body['refresh'])
    }
    assertProblem(await service.call('refreshToken', { body: { refresh } }), 429, 'throttled')
    assert.equal((await service.call('refreshToken', { body: { refresh: other.refresh } })).status, 200)
    await passTime(service, 60)
    assert.equal((await service.call('refreshToken', { body: { refresh } })).status, 200, 'nothing is lost by the 429')
  })

  it('store no email address, network or session in clear text (security 60)', async () => {
    const rows = await service.sql<{ key: string }>('select key from rate_limits')
    assert.ok(rows.length > 5)
    for (const { key } of rows) assert.match(key, /^[a-z-]+:[\w-]{43}$/)
  })
})

describe('limits that are turned off', () => {
  it('refuse no request, and send no RateLimit header', async () => {
    const service = await TestService.start({ LIMIT_SIGN_IN: '1/15m', LIMIT_REGISTRATION: '1/1h' })
    try {
      for (let time = 0; time < 3; time++) {
        const answer = await attempt(service, { email: 'nobody@example.com', ip: '192.0.2.1' })
        assert.equal(answer.status, 401)
        assert.equal(answer.headers.get('ratelimit'), null)
      }
      assert.deepEqual(await service.sql('select key from rate_limits'), [])
    } finally {
      await service.stop()
    }
  })
})
