import assert from 'node:assert/strict'
import { countSignIns } from '../../generated/queries.ts'
import { assertInvalid } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { noteStatements } from '../support/statements.ts'
import { addUser, type Person } from '../support/users.ts'
import { describeCredentials, describeSuperusersOnly } from './support/describeCredentials.ts'
import { explain, planModes } from './support/plans.ts'

type Interval = {
  start: string
  sign_ins: number
  failed_sign_ins: number
  lockouts: number
  count_capped?: boolean
}

const hour = 3_600_000

describe('getSignInStatistics', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())
  beforeEach(() => service.sql('truncate login_logs, security_events'))

  const read = async (query: Record<string, string> = {}) => {
    const { status, body } = await service.call('getSignInStatistics', { token: superuser.access, query })
    assert.equal(status, 200, JSON.stringify(body))
    return body['intervals'] as Interval[]
  }
  /** Inserts sign-ins, each some hours before the start of the current hour. */
  const addSignIns = (...hours: number[]) =>
    service.sql(
      `insert into login_logs (user_id, id, ip_address, user_agent, timestamp)
       select $1, gen_random_uuid(), '203.0.113.7', '', date_trunc('hour', now(), 'UTC') - hours * interval '1 hour'
       from unnest($2::float8[]) hours`,
      [superuser.id, hours],
    )
  const addEvents = (type: string, ...hours: number[]) =>
    service.sql(
      `insert into security_events (user_id, id, type, timestamp)
       select $1, gen_random_uuid(), $2, date_trunc('hour', now(), 'UTC') - hours * interval '1 hour'
       from unnest($3::float8[]) hours`,
      [superuser.id, type, hours],
    )
  const numbersOf = (intervals: Interval[]) =>
    intervals.map(({ sign_ins, failed_sign_ins, lockouts }) => [sign_ins, failed_sign_ins, lockouts].join(' '))

  it('returns the latest 24 hours by default, those without records included', async () => {
    await addSignIns(0, 0, 1, 0.5, 23, 23.01, 30)
    await addEvents('sign_in_failed', 0, 2, 1.5, 24)
    await addEvents('account_locked', 2)
    await addEvents('new_device', 2)
    const intervals = await read()
    assert.equal(intervals.length, 24)
    const latest = intervals.toReversed()
    assert.deepEqual(numbersOf(latest), [
      ...['2 1 0', '2 0 0', '0 2 1'],
      ...Array.from({ length: 20 }, () => '0 0 0'),
      '1 0 0',
    ])
    const starts = intervals.map(({ start }) => Date.parse(start))
    assert.ok(starts.every((start, at) => start % hour === 0 && (at === 0 || start - (starts[at - 1] ?? 0) === hour)))
    assert.ok(Math.abs(Date.now() - (starts.at(-1) ?? 0)) < hour + 5_000)
    assert.deepEqual(await read({ period: 'day' }), intervals)
  })

  it('returns the latest 30 days in UTC with the period month', async () => {
    await addSignIns(0, 29 * 24, 31 * 24)
    const intervals = await read({ period: 'month' })
    assert.equal(intervals.length, 30)
    assert.ok(intervals.every(({ start }) => start.endsWith('T00:00:00.000000Z')))
    const [first, last] = [intervals[0], intervals.at(-1)]
    assert.equal(Date.parse(last?.start ?? '') - Date.parse(first?.start ?? ''), 29 * 24 * hour)
    assert.equal(
      intervals.reduce((sum, { sign_ins }) => sum + sign_ins, 0),
      2,
    )
    assert.deepEqual([first?.sign_ins, last?.sign_ins], [1, 1])
  })

  it('counts real sign-ins and failures', async () => {
    const { email } = await service.activeUser()
    await service.signIn(email)
    await service.call('createToken', { body: { email, password: 'a wrong password' } })
    assert.equal(numbersOf(await read()).at(-1), '1 1 0')
  })

  it('counts up to 50,000 records of an interval, and marks a higher number as capped', async () => {
    const fill = (count: number) =>
      service.sql(
        `insert into login_logs (user_id, id, ip_address, user_agent)
         select $1, gen_random_uuid(), '203.0.113.7', '' from generate_series(1, $2::integer)`,
        [superuser.id, count],
      )
    await fill(50_000)
    const latest = async () => {
      const { sign_ins, count_capped } = (await read()).at(-1) ?? {}
      return { sign_ins, count_capped }
    }
    assert.deepEqual(await latest(), { sign_ins: 50_000, count_capped: undefined })
    await fill(1)
    assert.deepEqual(await latest(), { sign_ins: 50_000, count_capped: true })
  })

  describe('the statement of getSignInStatistics (security 95)', () => {
    it('is one, on the pool for lists', async () => {
      let runs = 0
      const { lists } = service.service.services
      const run = lists.run.bind(lists)
      lists.run = (userId, work) => {
        runs++
        return run(userId, work)
      }
      const statements = noteStatements(service)
      await read()
      lists.run = run
      assert.deepEqual([runs, statements.length], [1, 2])
    })

    for (const mode of planModes)
      it(`reads each interval by an index (${mode})`, async () => {
        await addSignIns(...Array.from({ length: 2_000 }, (_, number) => number / 3))
        await addEvents('sign_in_failed', ...Array.from({ length: 2_000 }, (_, number) => number / 3))
        await service.sql('analyze login_logs, security_events')
        const nodes = await explain(service, mode, countSignIns({ unit: 'hour', hours: 1, intervals: 24, cap: 10 }))
        const scans = nodes.filter((node) => /login_logs|security_events/.test(node['Relation Name'] ?? ''))
        assert.ok(scans.every((node) => node['Node Type'].includes('Index') || node['Actual Rows'] === 0))
        const rows = scans.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0)
        assert.ok(rows <= 2 * 3 * 24 + 10, `${rows} rows were read`)
      })
  })

  it('returns 400 for another period', async () => {
    for (const period of ['year', 'DAY', '30']) {
      const answer = await service.call('getSignInStatistics', { token: superuser.access, query: { period } })
      assertInvalid(answer, 'period')
    }
  })

  describeCredentials('getSignInStatistics', () => service, { superuser: true })
  describeSuperusersOnly('getSignInStatistics', () => service)
})
