import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDatabase, type DatabaseHandle } from '../../src/db/database.ts'
import { cleanUpSchedule, createCleanUp } from '../../src/jobs/cleanUp.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { hold } from '../support/locks.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { keepLog } from './support/log.ts'

const days = 86_400
const config = { loginLogRetention: 365 * days }

describe('the hourly clean-up', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let db: DatabaseHandle
  beforeEach(async () => {
    database = await createTestDatabase()
    db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(database.url)
  })
  afterEach(async () => {
    await db.close()
    await database.drop()
  })

  const sql = <Row extends object>(text: string, values: unknown[] = []) =>
    query<Row & Record<string, unknown>>(database.url, text, values)
  const hash = () => createHash('sha256').update(randomUUID()).digest()
  const helpers = (abortSignal = new AbortController().signal) => ({
    job: { attempts: 1, max_attempts: 25 },
    abortSignal,
  })

  /** Runs the task. @returns the counts of removed rows in the one line that it logs */
  async function run({ batchSize = 1000 } = {}): Promise<unknown> {
    const { log, lines } = keepLog()
    await createCleanUp({ db, config, log, batchSize })({}, helpers())
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [['info', 'cleaned up']],
    )
    return lines[0]?.['removed']
  }

  const minute = `interval '1 minute'`
  /** Kinds of records, with the time before which they are removed. `insert` adds a row with a time given in SQL. */
  const tables: {
    what: string
    status?: string
    table: string
    column: string
    cutoff: string
    insert: (moment: string) => Promise<unknown>
  }[] = [
    ...(['ended_at', 'idle_until', 'absolute_until'] as const).map((column) => ({
      what: 'sessions',
      table: 'sessions',
      column,
      cutoff: `now() - interval '7 days'`,
      insert: (moment: string) => {
        const value = (name: string, otherwise: string) => (name === column ? moment : otherwise)
        const [ended, idle, absolute] = [
          value('ended_at', 'null'),
          value('idle_until', `now() + interval '1 day'`),
          value('absolute_until', `now() + interval '1 day'`),
        ]
        return sql(
          `insert into sessions (user_id, id, ended_at, idle_until, absolute_until, ip_address, user_agent)
           values (gen_random_uuid(), gen_random_uuid(), ${ended}, ${idle}, ${absolute}, '::1', '')`,
        )
      },
    })),
    {
      what: 'codes',
      table: 'codes',
      column: 'expires_at',
      cutoff: 'now()',
      insert: (moment) =>
        sql(
          `insert into codes (user_id, hash, purpose, mail_id, expires_at)
           values (gen_random_uuid(), $1, 'restore', gen_random_uuid(), ${moment})`,
          [hash()],
        ),
    },
    ...[
      { status: 'sent', days: 30 },
      { status: 'failed', days: 30 },
      { status: 'dropped', days: 1 }, // (security 102)
    ].map(({ status, days }) => ({
      what: 'mails',
      status,
      table: 'mails',
      column: 'created_at',
      cutoff: `now() - interval '${days} days'`,
      insert: (moment: string) =>
        sql(
          `insert into mails (id, kind, address, status, created_at)
           values (gen_random_uuid(), 'restore', 'a@example.com', '${status}', ${moment})`,
        ),
    })),
    {
      what: 'email changes',
      table: 'email_changes',
      column: 'requested_at',
      cutoff: `now() - interval '30 days'`,
      insert: (moment) =>
        sql(
          `insert into email_changes (user_id, id, address, email, requested_at)
           values (gen_random_uuid(), gen_random_uuid(), 'a@example.com', 'a@example.com', ${moment})`,
        ),
    },
    {
      what: 'held addresses',
      table: 'emails',
      column: 'held_until',
      cutoff: 'now()',
      insert: (moment) =>
        sql(
          `insert into emails (address, user_id, kind, held_until)
           values ($1, gen_random_uuid(), 'held', ${moment})`,
          [`${randomUUID()}@example.com`],
        ),
    },
    {
      what: 'devices',
      table: 'devices',
      column: 'last_seen_at',
      cutoff: `now() - interval '365 days'`,
      insert: (moment) =>
        sql(
          `insert into devices (user_id, network, device, last_seen_at)
           values (gen_random_uuid(), '192.0.2.0/24', '', ${moment})`,
        ),
    },
    {
      what: 'signing keys',
      table: 'signing_keys',
      column: 'retires_at',
      cutoff: 'now()',
      insert: (moment) =>
        sql(
          `insert into signing_keys (kid, private_key, secret_id, retires_at)
           values ($1, '', '', ${moment})`,
          [randomUUID()],
        ),
    },
    {
      what: 'idempotency keys',
      table: 'idempotency_keys',
      column: 'created_at',
      cutoff: `now() - interval '25 hours'`,
      insert: (moment) =>
        sql(
          `insert into idempotency_keys (actor_id, key_hash, request_hash, user_id, created_at)
           values (gen_random_uuid(), $1, $1, gen_random_uuid(), ${moment})`,
          [hash()],
        ),
    },
    {
      what: 'counters',
      table: 'rate_limits',
      column: 'to_timestamp(expire / 1000)',
      cutoff: `now() - interval '1 hour'`,
      insert: (moment) =>
        sql(`insert into rate_limits (key, expire) values ($1, extract(epoch from ${moment}) * 1000)`, [randomUUID()]),
    },
    ...['login_logs', 'security_events'].map((table) => ({
      what: table.replace('_', ' '),
      table,
      column: 'timestamp',
      cutoff: `now() - interval '365 days'`,
      insert: (moment: string) =>
        sql(
          `insert into ${table} (user_id, timestamp, id, ip_address, user_agent${table === 'login_logs' ? '' : ', type'})
           values (gen_random_uuid(), ${moment}, gen_random_uuid(), '::1', ''${table === 'login_logs' ? '' : `, 'new_device'`})`,
        ),
    })),
  ]
  describe('rows at the end of their retention (security 83)', () => {
    for (const { what, status, table, column, cutoff, insert } of tables) {
      const which = status === undefined ? what : `${status} ${what}`
      it(`are removed: ${which} with ${column} < ${cutoff}`, async () => {
        for (let index = 0; index < 3; index++) {
          await insert(`${cutoff} - ${minute}`)
          await insert(`${cutoff} + ${minute}`)
        }
        const before = await sql<{ rows: number }>(`select count(*)::integer as rows from ${table}`)
        assert.deepEqual(before, [{ rows: 6 }])
        assert.deepEqual(await run({ batchSize: 2 }), { [what]: 3 })
        const after = await sql(`select ${column} > ${cutoff} as later from ${table}`)
        assert.deepEqual(
          after,
          Array.from({ length: 3 }, () => ({ later: true })),
        )
        assert.deepEqual(await run(), {})
      })
    }
  })

  describe('sessions that ended because all sessions of the user were ended (security 93)', () => {
    it('are marked as ended in their rows, in batches', async () => {
      const [user] = await sql<{ id: string }>(
        `insert into users (id, email, sessions_valid_after, sessions_ended_by)
       values (gen_random_uuid(), 'a@b.example', date_trunc('second', now()) - interval '1 hour', 'suspended') returning id`,
      )
      await sql(
        `insert into sessions (user_id, id, created_at, kept_at, ended_at, ended_by, idle_until, absolute_until, ip_address, user_agent)
       select $1, gen_random_uuid(), now() - interval '2 hours', kept, ended, ended_by, now() + interval '1 day', now() + interval '1 day', '::1', ''
       from (values
         (null::timestamptz, null::timestamptz, null), (null, null, null), (null, null, null),
         (now() - interval '90 minutes', null, null), (now() - interval '1 minute', null, null),
         (null, now() - interval '2 days', 'signed_out')
       ) as made (kept, ended, ended_by)`,
        [user?.id],
      )
      await sql(
        `insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)
       values ($1, gen_random_uuid(), now() + interval '1 day', now() + interval '1 day', '::1', '')`,
        [user?.id],
      )
      assert.deepEqual(await run({ batchSize: 2 }), { 'sessions to end': 4 })
      const rows = await sql(
        `select ended_by, ended_at = sessions_valid_after as at_once, count(*)::integer
       from sessions s join users u on u.id = s.user_id group by 1, 2 order by 1`,
      )
      assert.deepEqual(rows, [
        { ended_by: 'signed_out', at_once: false, count: 1 },
        { ended_by: 'suspended', at_once: true, count: 4 },
        { ended_by: null, at_once: null, count: 2 },
      ])
      assert.deepEqual(await run(), {})
    })
  })

  it('keeps queued mails, current addresses, keys, and email changes with a live code', async () => {
    await sql(
      `insert into mails (id, kind, address, created_at) values (gen_random_uuid(), 'restore', 'a@b.example', '2000-01-01')`,
    )
    await sql(`insert into emails (address, user_id) values ('a@b.example', gen_random_uuid())`)
    await sql(`insert into signing_keys (kid, private_key, secret_id, signs_from) values ('a', '', '', '2000-01-01')`)
    const [change] = await sql<{ user_id: string; id: string }>(
      `insert into email_changes (user_id, id, address, email, requested_at)
       values (gen_random_uuid(), gen_random_uuid(), 'a@b.example', 'a@b.example', '2000-01-01') returning user_id, id`,
    )
    await sql(
      `insert into codes (user_id, hash, purpose, mail_id, about, expires_at)
       values ($1, $2, 'undo_email', gen_random_uuid(), $3, now() + interval '1 day')`,
      [change?.user_id, hash(), change?.id],
    )
    assert.deepEqual(await run(), {})
    await sql(`update codes set expires_at = now() - interval '1 minute'`)
    assert.deepEqual(await run(), { codes: 1, 'email changes': 1 })
  })

  describe('expired registrations', () => {
    const register = async (address: string, expires: string): Promise<string> => {
      const userId = randomUUID()
      await sql(
        `insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent, expires_at)
         values ($1, $2, $2, '', '', 'en', '\\x00', '::1', '', ${expires})`,
        [userId, address],
      )
      await sql(
        `insert into codes (user_id, hash, purpose, mail_id, expires_at)
         values ($1, $2, 'activate', gen_random_uuid(), now() + interval '1 day')`,
        [userId, hash()],
      )
      await mail(address, userId)
      return userId
    }
    const mail = (address: string, userId: string | null = null) =>
      sql(`insert into mails (id, kind, address, user_id) values (gen_random_uuid(), 'activation', $1, $2)`, [
        address,
        userId,
      ])
    const list = async (table: string, expression: string) =>
      (await sql<{ value: string }>(`select ${expression} as value from ${table} order by 1`)).map(({ value }) => value)
    const expired = `now() - ${minute}`
    const waiting = `now() + ${minute}`

    it('are removed with their codes and with mails that clients requested', async () => {
      await register('gone@example.com', expired)
      await register('gone@example.com', expired)
      const stays = await register('waits@example.com', waiting)
      for (const address of ['gone@example.com', 'waits@example.com', 'nobody@example.com']) await mail(address)
      assert.deepEqual(await run(), { registrations: 2 })
      assert.deepEqual(await list('registrations', 'user_id'), [stays])
      assert.deepEqual(await list('codes', 'user_id'), [stays])
      assert.deepEqual(await list('mails', 'address'), ['nobody@example.com', 'waits@example.com', 'waits@example.com'])
    })

    it('are removed without the mails of another registration or of an account', async () => {
      await register('both@example.com', expired)
      const other = await register('both@example.com', waiting)
      await register('owner@example.com', expired)
      await sql(`insert into emails (address, user_id) values ('owner@example.com', gen_random_uuid())`)
      for (const address of ['both@example.com', 'owner@example.com']) await mail(address)
      assert.deepEqual(await run(), { registrations: 2 })
      assert.deepEqual(await list('registrations', 'user_id'), [other])
      assert.deepEqual(await list('mails', `address || ' ' || coalesce(user_id::text, '')`), [
        'both@example.com ',
        `both@example.com ${other}`,
        'owner@example.com ',
      ])
    })
  })

  it('logs a step that fails, runs the other steps, and then rejects', async () => {
    await sql('alter table devices rename to devices_away')
    await sql(
      `insert into emails (address, user_id, kind, held_until) values ('a@b.example', gen_random_uuid(), 'held', now())`,
    )
    const { log, lines } = keepLog()
    await assert.rejects(
      createCleanUp({ db, config, log })({}, helpers()),
      /^Error: devices: .*devices.* does not exist$/,
    )
    const [line, ...more] = lines
    assert.deepEqual([line?.['removed'], more], [{ 'held addresses': 1 }, []])
    assert.match(String(line?.['failures']), /^devices: /)
  })

  it('ends after the current statement if the worker stops', async () => {
    const { log, lines } = keepLog()
    await assert.rejects(createCleanUp({ db, config, log })({}, helpers(AbortSignal.abort())), { name: 'AbortError' })
    assert.deepEqual(lines, [])
  })

  it('skips locked rows without waiting', async () => {
    await sql(
      `insert into emails (address, user_id, kind, held_until) values ('a@b.example', gen_random_uuid(), 'held', now())`,
    )
    const release = await hold(database.url, 'select from emails for update')
    assert.deepEqual(await run(), {})
    await release()
    assert.deepEqual(await run(), { 'held addresses': 1 })
  })

  it('runs on schedule, in only one of two instances', async () => {
    const minuteNow = new Date().getUTCMinutes()
    await sql(
      `update graphile_worker._private_known_crontabs set known_since = now() - interval '1 hour', last_execution = null`,
    )
    // Matches the current minute and the two before, so that the test does not wait for the next hour.
    const schedule = [
      {
        ...cleanUpSchedule,
        match: ({ min }: { min: number }) => min === minuteNow,
        options: { ...cleanUpSchedule.options, backfillPeriod: 120_000 },
      },
    ]
    const { log, lines } = keepLog()
    const tasks = { clean_up: createCleanUp({ db, config, log }) }
    const workers = await Promise.all([1, 2].map(() => startWorker({ url: database.url, db, tasks, schedule, log })))
    const runs = () => lines.filter(({ message }) => message === 'cleaned up').length
    while (runs() === 0) await sleep(20)
    await sleep(500)
    for (const worker of workers) await worker.stop()
    assert.equal(runs(), 1)
    assert.deepEqual(await sql('select 1 from graphile_worker.jobs'), [])
    assert.equal(cleanUpSchedule.match, '17 * * * *')
    assert.equal(JSON.stringify(cleanUpSchedule).includes('backfill'), false)
  })
})
