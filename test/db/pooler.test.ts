import assert from 'node:assert/strict'
import pg from 'pg'
import { createDatabase } from '../../src/db/database.ts'
import { explainConnectionError } from '../../src/db/connectDatabase.ts'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { readGuideBlock } from '../support/operationsGuide.ts'
import { OwnServer } from '../support/ownServer.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'
import { missingPgBouncer, PgBouncer } from './support/pgbouncer.ts'

describe('Gatehouse behind PgBouncer in transaction mode', function () {
  this.timeout(120_000)
  let server: OwnServer
  const bouncers: PgBouncer[] = []
  let made = 0
  /** The settings that docs/operations.md requires. */
  let documented: Record<string, string>

  before(async function () {
    const missing = missingPgBouncer()
    if (missing !== undefined) skip(this, missing)
    server = await OwnServer.start()
    const lines = (await readGuideBlock('pgbouncer')).split('\n')
    documented = Object.fromEntries(
      lines.map((line): [string, string] => {
        const [name = '', value = ''] = line.split(' = ')
        return [name, value]
      }),
    )
  })
  afterEach(async () => {
    for (const bouncer of bouncers.splice(0)) await bouncer.stop()
  })
  after(() => (server as OwnServer | undefined)?.stop())

  async function start(settings = documented): Promise<{ url: string; database: string }> {
    const bouncer = await PgBouncer.start(server, settings)
    bouncers.push(bouncer)
    const database = `pooled${++made}`
    await server.query(`create database ${database}`)
    return { url: bouncer.url(database), database }
  }

  const locks = () => server.query(`select pid from pg_locks where locktype = 'advisory'`)

  it('migrates from ten processes at once, repeatedly, and leaves no lock behind', async () => {
    const { url } = await start()
    const names = (await readMigrations()).map(({ name }) => name)
    for (const expected of [names, [], [], []]) {
      const all = await Promise.all(Array.from({ length: 10 }, () => migrate(url)))
      assert.deepEqual(all.flat(), expected)
      assert.deepEqual(await locks(), [])
    }
  })

  it('migrates from ten processes at once over only two server connections', async () => {
    const { url } = await start({ ...documented, default_pool_size: '2' })
    const all = await Promise.all(Array.from({ length: 10 }, () => migrate(url)))
    assert.equal(all.flat().length, (await readMigrations()).length)
    assert.deepEqual(await locks(), [])
  })

  it('serves requests, sends mails and counts limits in ten instances', async () => {
    const { url, database } = await start()
    const settings = { DATABASE_URL: url, DATABASE_PREPARED_STATEMENTS: 'off', RATE_LIMITS: 'on' }
    const lines: string[] = []
    const options = { waits: true, onLog: (line: string) => lines.push(line) }
    const services = await Promise.all(Array.from({ length: 10 }, () => TestService.start(settings, options)))
    try {
      await Promise.all(services.map(({ service }) => service.ready))
      // Any of the ten instances may run the job. It writes the mail to its own outbox.
      const email = 'pooled@example.com'
      const registered = await services[0]?.call('registerUser', {
        body: { email, password, password_confirm: password },
      })
      assert.equal(registered?.status, 201)
      const mail = await Promise.any(services.map((service) => service.mailTo(email)))
      const activated = await services[1]?.call('confirmActivation', { body: { code: mail.code } })
      assert.equal(activated?.status, 200)
      await Promise.all(services.map((service) => service.signIn(email)))
      const counted = await server.query<{ count: string }>('select count(*) from rate_limits', database)
      assert.notEqual(counted[0]?.count, '0')
      assert.deepEqual(
        lines.filter((line) => line.includes('prepared statement')),
        [],
      )
    } finally {
      await Promise.all(services.map((service) => service.stop()))
    }
    assert.deepEqual(await locks(), [])
  })

  it('bypasses PgBouncer for migrations and jobs with DATABASE_DIRECT_URL', async () => {
    const { url, database } = await start()
    const settings = { DATABASE_URL: url, DATABASE_PREPARED_STATEMENTS: 'off' }
    const direct = server.url(database, { application_name: 'direct' })
    const service = await TestService.start({ ...settings, DATABASE_DIRECT_URL: direct })
    try {
      await service.signedIn()
      const listening = await server.query<{ application_name: string }>(
        `select application_name from pg_stat_activity where datname = '${database}' and query like 'LISTEN%'`,
      )
      assert.deepEqual(listening, [{ application_name: 'direct-jobs' }])
    } finally {
      await service.stop()
    }
  })

  it('returns ISO dates in UTC, whatever DateStyle and time zone the database has', async () => {
    const { url, database } = await start()
    await server.query(`alter database ${database} set datestyle to 'German'`)
    await server.query(`alter database ${database} set timezone to 'Asia/Kathmandu'`)
    const service = await TestService.start({ DATABASE_URL: url, DATABASE_PREPARED_STATEMENTS: 'off' })
    try {
      const { access } = await service.signedIn()
      const users = await Promise.all(Array.from({ length: 20 }, () => service.call('getMe', { token: access })))
      for (const { body } of users) assert.match(String(body['date_joined']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    } finally {
      await service.stop()
    }
  })

  it('stops waiting for a connection sooner than PgBouncer does', async () => {
    const { url } = await start({ ...documented, default_pool_size: '1' })
    const blocker = new pg.Client(url)
    await blocker.connect()
    await blocker.query('begin')
    const began = performance.now()
    const error: unknown = await migrate(url).catch((thrown: unknown) => thrown)
    assert.match(explainConnectionError(error, url), /does not answer \(Query read timeout\)/)
    assert.ok(performance.now() - began < 30_000)
    await blocker.end()
  })

  it('names the PgBouncer setting that is missing if start-up parameters are refused', async () => {
    const { url } = await start({})
    const db = createDatabase({ preparedStatements: false, onError: () => undefined })
    const error: unknown = await db.open(url).catch((thrown: unknown) => thrown)
    assert.throws(() => explainConnectionError(error, url), {
      message:
        /refuses a start-up parameter \(unsupported startup parameter: statement_timeout\): in pgbouncer\.ini set ignore_/,
    })
  })

  const refusals: [what: string, change: (url: string) => string, sentence: RegExp][] = [
    ['options', (url) => `${url}?options=-csearch_path%3Dx`, /\(unsupported startup parameter: options\): remove them/],
    ['the password', (url) => url.replace('pw@', 'guess@'), /refuses the user or the password \(SASL authentication/],
    ['the user', (url) => url.replace('gh:', 'nobody:'), /refuses the user or the password \(SASL authentication/],
    ['the database', (url) => `${url}x`, /does not have this database \(database "pooled\d+x" does not exist\): /],
  ]
  for (const [what, change, sentence] of refusals) {
    it(`does not start if PgBouncer refuses ${what}, and prints its message`, async () => {
      const url = change((await start()).url)
      const db = createDatabase({ preparedStatements: false, onError: () => undefined })
      const error: unknown = await db.open(url).catch((thrown: unknown) => thrown)
      assert.throws(() => explainConnectionError(error, url), { message: sentence })
    })
  }

  it('waits while PgBouncer has no free connection, and reports its message', async () => {
    const { url } = await start({ ...documented, max_client_conn: '1' })
    const error: unknown = await migrate(url).catch((thrown: unknown) => thrown)
    assert.match(explainConnectionError(error, url), /does not answer \(08P01: no more connections allowed/)
  })
})
