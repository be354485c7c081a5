import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createCleanUp } from '../../src/jobs/cleanUp.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, quickHash, type Person } from '../support/users.ts'
import { keepLog } from './support/log.ts'

const parents = ['login_logs', 'security_events']

describe('the clean-up of partitions', function () {
  this.timeout(60_000)
  let service: TestService
  let user: Person
  let log: ReturnType<typeof keepLog>
  before(async () => {
    service = await TestService.start({ RATE_LIMITS: 'off' })
    user = await addUser(service, { passwordHash: await quickHash })
  })
  after(() => service.stop())
  beforeEach(() => {
    log = keepLog()
  })

  const cleanUp = async () => {
    const { db, config } = service.service.services
    const helpers = { job: { attempts: 1, max_attempts: 25 }, abortSignal: new AbortController().signal }
    await createCleanUp({ db, config, log: log.log })({}, helpers)
    return log.lines.at(-1)?.['removed']
  }
  const signIn = () => service.call('createToken', { body: { email: user.email, password } })

  /** Returns the start in UTC of a month, counted from the month of the day `daysAgo` days ago. */
  const monthStart = (months: number, daysAgo: number) => {
    const moment = new Date(Date.now() - daysAgo * 86_400_000)
    return new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months)).toISOString()
  }
  /** Returns the name of a month's partition. By default, months count from that in which the retention begins. */
  const nameOf = (parent: string, months: number, daysAgo = 365) =>
    `${parent}_${monthStart(months, daysAgo).slice(0, 7).replace('-', '_')}`
  const present = (parent: string) => [0, 1, 2, 3].map((months) => nameOf(parent, months, 0))
  /** Creates the partition of a month, with a row of its last millisecond. */
  const makeMonth = async (parent: string, months: number) => {
    const [from, to] = [monthStart(months, 365), monthStart(months + 1, 365)]
    const last = new Date(Date.parse(to) - 1).toISOString()
    await service.sql(
      `create table ${nameOf(parent, months)} partition of ${parent} for values from ('${from}') to ('${to}');
       insert into ${parent} (user_id, timestamp, id, ip_address, user_agent${parent === 'login_logs' ? '' : ', type'})
       values (gen_random_uuid(), '${last}', gen_random_uuid(), '::1', ''${parent === 'login_logs' ? '' : `, 'new_device'`})`,
    )
  }
  const partitionsOf = async (parent: string) => {
    const rows = await service.sql<{ name: string }>(
      'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass',
      [parent],
    )
    return rows.map(({ name }) => name)
  }

  it('drops the partitions of both tables that ended before the retention began', async () => {
    for (const parent of parents) for (const months of [-3, -2, -1, 0, 1]) await makeMonth(parent, months)
    assert.deepEqual(await cleanUp(), { 'partitions of login_logs': 3, 'partitions of security_events': 3 })
    for (const parent of parents) {
      const names = await partitionsOf(parent)
      for (const months of [-3, -2, -1]) assert.ok(!names.includes(nameOf(parent, months)))
      for (const name of [nameOf(parent, 0), nameOf(parent, 1), ...present(parent)])
        assert.ok(names.includes(name), name)
    }
    assert.deepEqual(await cleanUp(), {})
  })

  describe('missing partitions (security 78)', () => {
    it('are created for this month and three more, and get their rows', async () => {
      const wanted = parents.flatMap(present)
      for (const name of wanted) await service.sql(`drop table ${name}`)
      assert.equal((await signIn()).status, 200)
      assert.deepEqual(await service.sql('select user_id from login_logs_default'), [{ user_id: user.id }])
      await cleanUp()
      const names = (await Promise.all(parents.map(partitionsOf))).flat()
      for (const name of wanted) assert.ok(names.includes(name), name)
      assert.deepEqual(await service.sql('select user_id from login_logs_default'), [])
      assert.deepEqual(await service.sql(`select user_id from ${nameOf('login_logs', 0, 0)}`), [{ user_id: user.id }])
    })
  })

  it('creates each partition once if several instances run at the same time', async () => {
    for (const name of present('login_logs')) await service.sql(`drop table ${name}`)
    await Promise.all(Array.from({ length: 5 }, cleanUp))
    const names = await partitionsOf('login_logs')
    for (const name of present('login_logs')) assert.ok(names.includes(name), name)
  })

  it('makes no sign-in fail while it drops partitions', async () => {
    let stopped = false
    const statuses: number[] = []
    const signingIn = Array.from({ length: 3 }, async () => {
      while (!stopped) statuses.push((await signIn()).status)
    })
    let dropped = 0
    while (statuses.length < 9) {
      for (const parent of parents) for (const months of [-4, -3, -2, -1]) await makeMonth(parent, months)
      assert.deepEqual(await cleanUp(), { 'partitions of login_logs': 4, 'partitions of security_events': 4 })
      dropped += 8
    }
    stopped = true
    await Promise.all(signingIn)
    assert.deepEqual(new Set(statuses), new Set([200]))
    assert.ok(dropped >= 8)
  })

  it('waits at most 1 s for a long query, so that sign-ins do not wait behind it', async () => {
    await makeMonth('login_logs', -1)
    const reader = new pg.Client({ connectionString: service.databaseUrl })
    await reader.connect()
    try {
      await reader.query('begin; select from login_logs')
      const cleaning = cleanUp().then(
        () => assert.fail('it dropped the partition although a reader uses it'),
        (error: unknown) => String(error),
      )
      await untilLockAwaited()
      const began = performance.now()
      const signingIn = signIn()
      await service.sql(
        `insert into login_logs (user_id, id, ip_address, user_agent) values (gen_random_uuid(), gen_random_uuid(), '::1', '')`,
      )
      const waited = performance.now() - began
      assert.ok(waited < 2000, `a row waited ${waited} ms`)
      assert.equal((await signingIn).status, 200)
      assert.match(await cleaning, /^Error: partitions of login_logs: .*lock timeout$/)
      assert.ok((await partitionsOf('login_logs')).includes(nameOf('login_logs', -1)))
    } finally {
      await reader.end()
    }
    assert.deepEqual(await cleanUp(), { 'partitions of login_logs': 1 })
  })

  async function untilLockAwaited(): Promise<void> {
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    while ((await service.sql(waiting)).length === 0) await sleep(10)
  }
})
