import assert from 'node:assert/strict'
import { makePartitions } from '../../generated/queries.ts'
import { createDatabase } from '../../src/db/database.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { TestService } from '../support/service.ts'

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

describe('a database with its own DateStyle or time zone', function () {
  this.timeout(120_000)
  let own: Awaited<ReturnType<typeof createTestDatabase>>
  beforeEach(async () => {
    own = await createTestDatabase()
  })
  afterEach(() => own.drop())

  async function set(name: string, value: string): Promise<void> {
    const [row] = await query<{ name: string }>(own.url, 'select current_database() as name')
    await query(own.url, `alter database ${row?.name ?? ''} set ${name} to ${value}`)
  }

  for (const style of ['German', 'SQL, DMY', 'Postgres, MDY']) {
    it(`returns ISO dates in replies, cursors and mails for DateStyle = ${style}`, async () => {
      await set('datestyle', style)
      await set('timezone', `'America/St_Johns'`)
      await set('intervalstyle', `'sql_standard'`)
      await set('bytea_output', `'escape'`)
      await set('extra_float_digits', `-10`)
      await set('standard_conforming_strings', 'off')
      const service = await TestService.start({ DATABASE_URL: own.serviceUrl, RATE_LIMITS: 'on' })
      try {
        const { access, email } = await service.signedIn()
        await service.signIn(email)
        const me = await service.call('getMe', { token: access })
        assert.match(String(me.body['date_joined']), iso)
        const page = await service.call('listLoginLogs', { token: access, query: { page_size: '1' } })
        const { pathname, search } = new URL(String(page.body['next']))
        const next = await service.fetch(`${pathname}${search}`, { headers: { Authorization: `Bearer ${access}` } })
        assert.equal(next.status, 200, JSON.stringify(next.body))
        const [log] = next.body['results'] as { timestamp: string }[]
        assert.match(String(log?.timestamp), iso)
        assert.ok(Math.abs(Date.parse(log?.timestamp ?? '') - Date.now()) < 60_000)
      } finally {
        await service.stop()
      }
    })
  }

  it('creates partitions of whole months in UTC despite a time zone with summer time', async () => {
    await set('timezone', `'Europe/Berlin'`)
    const db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(own.url)
    await db.one(makePartitions({ parent: 'login_logs', monthsAhead: 11 }))
    await db.close()
    const partitions = await query<{ bound: string }>(
      own.url,
      `select pg_get_expr(c.relpartbound, c.oid) as bound
       from pg_class c, set_config('timezone', 'UTC', false) where c.relname ~ '^login_logs_\\d{4}_\\d\\d$'`,
    )
    assert.equal(partitions.length, 12)
    for (const { bound } of partitions)
      assert.match(bound, /^FOR VALUES FROM \('.*-01 00:00:00\+00'\) TO \('.*-01 00:00:00\+00'\)$/)
  })
})
