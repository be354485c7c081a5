import assert from 'node:assert/strict'
import { fail, from, passTime, startLimited } from '../domain/limits/support/attempts.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'
import { describeCredentials, describeSuperusersOnly } from './support/describeCredentials.ts'

type Limit = { name: string; count: number; window: number; counted_by: string[]; used?: number; used_up?: number }

describe('listLimits', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '3/15m', LIMIT_MAILS_HOUR: '7/1h' })
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(() => service.sql('delete from rate_limits'))

  const list = async () => {
    const { status, body } = await service.call('listLimits', { token: superuser.access })
    assert.equal(status, 200, JSON.stringify(body))
    return body as { limits: Limit[]; subjects_capped?: boolean }
  }
  const find = async (name: string) => (await list()).limits.find((limit) => limit.name === name)
  const useOf = async (name: string) => {
    const { used, used_up } = (await find(name)) ?? {}
    return [used, used_up]
  }

  it('returns each limit with its settings and its subjects', async () => {
    const { limits } = await list()
    const names = limits.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length)
    // Every counter of the service is listed, except that of the lockouts, which limits nothing.
    const { policies } = service.service.services.limits
    const ofMails = ['mails-hour', 'mails-day', 'new-device-mails']
    assert.deepEqual([...names, 'lock-outs'].sort(), [...policies.keys(), ...ofMails].sort())
    const use = { used: 0, used_up: 0 }
    const signIn = { name: 'sign-in', count: 3, window: 900, counted_by: ['account_in_network'], ...use }
    assert.deepEqual(limits[0], signIn)
    assert.deepEqual(limits[1], { ...signIn, name: 'sign-in-site', count: 12, counted_by: ['account_in_site'] })
    assert.deepEqual(await find('mails-hour'), {
      name: 'mails-hour',
      count: 7,
      window: 3600,
      counted_by: ['recipient'],
    })
  })

  it('counts who has used points and who has none left, until the window ends', async () => {
    const [one, other] = [await addOwner(service), await addOwner(service)]
    await fail(service, 2, { email: one.email, ip: '192.0.2.1' })
    await fail(service, 3, { email: other.email, ip: '192.0.2.2' })
    assert.deepEqual(await useOf('sign-in'), [2, 1])
    assert.deepEqual(await useOf('sign-in-account'), [2, 0])
    assert.deepEqual(await useOf('sign-in-network'), [2, 0])
    assert.deepEqual(await useOf('registration'), [0, 0])
    await passTime(service, 900)
    assert.deepEqual(await useOf('sign-in'), [0, 0])
  })

  it('counts the networks and the accounts of an email change under one name', async () => {
    const user = await addOwner(service)
    const body = { email: 'new@example.com', current_password: password }
    await service.call('changeEmail', { token: user.access, body, headers: from('192.0.2.3') })
    assert.deepEqual((await find('email-change-hour'))?.counted_by, ['account', 'network'])
    assert.deepEqual(await useOf('email-change-hour'), [2, 0])
    assert.equal(service.service.services.limits.decisions.get('email-change-hour')?.allowed, 2)
  })

  it('counts at most 100,000 subjects, and says so (security 95)', async () => {
    const inAnHour = Date.now() + 3_600_000
    await service.sql(
      `insert into rate_limits (key, points, expire)
       select 'refresh:' || n, 60, $1 from generate_series(1, 100000) n`,
      [inAnHour],
    )
    const { limits, subjects_capped } = await list()
    assert.equal(subjects_capped, true)
    const { used, used_up } = limits.find(({ name }) => name === 'refresh') ?? {}
    assert.deepEqual([used, used_up], [100_000, 100_000])
    await service.sql('delete from rate_limits where key = $1', ['refresh:1'])
    assert.equal((await list()).subjects_capped, undefined)
  })

  it('returns an empty list if nothing is limited', async () => {
    const unlimited = await TestService.start({ RATE_LIMITS: 'off' })
    try {
      const { access: token } = await addUser(unlimited, { superuser: true })
      assert.deepEqual((await unlimited.call('listLimits', { token })).body, { limits: [] })
    } finally {
      await unlimited.stop()
    }
  })

  describeCredentials('listLimits', () => service, { superuser: true })
  describeSuperusersOnly('listLimits', () => service)
})
