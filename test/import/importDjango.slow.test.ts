import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatehouse } from '../support/command.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { madeHashes, missingPython, runDjango } from '../support/django.ts'
import { TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

const decisions =
  '--on-collision latest --on-existing link --on-invalid skip --on-unknown-hash reset --skip-pending'.split(' ')
type Report = {
  users: object
  login_logs: object
  tokens: number
  undecided: { reason: string; entries: object[] }[]
  skipped: { reason: string; count: number; entries: object[] }[]
  changed: { reason: string; entries: object[] }[]
}

describe('an import from a database that Django made', function () {
  this.timeout(300_000)
  let folder: string
  let service: TestService
  before(async function () {
    const missing = missingPython()
    if (missing !== undefined) skip(this, missing)
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-import-'))
  })
  after(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const importDjango = async (...args: string[]) => {
    const outcome = await gatehouse(
      folder,
      { DATABASE_URL: service.databaseUrl },
      ...['import', 'django', '--json', ...args],
    )
    return { ...outcome, report: JSON.parse(outcome.stdout) as Report }
  }
  const legacyIds = () =>
    service.sql<{ legacy_id: string; email: string }>(
      'select legacy_id, email from legacy_ids join users on id = user_id order by legacy_id::integer',
    )
  /** Returns the content of every table that an import writes. */
  const content = async () => {
    const texts: unknown[] = []
    for (const table of ['users', 'emails', 'legacy_ids', 'login_logs', 'security_events'])
      texts.push(await service.sql(`select md5(string_agg(t::text, '' order by t::text)) from ${table} t`))
    return texts
  }

  /** Makes the database of a project, and returns what --from takes. */
  const makeSqlite = async (project: string) => {
    const file = join(folder, `${project}.sqlite3`)
    await rm(file, { force: true })
    const environment = { PROJECT: project, SQLITE: file }
    await runDjango(environment, 'manage.py', 'migrate', '-v0')
    await runDjango(environment, 'fill.py')
    return { environment, file }
  }
  const sources: [name: string, make: (project: string) => Promise<{ from: string; drop?: () => Promise<void> }>][] = [
    ['SQLite', async (project) => ({ from: (await makeSqlite(project)).file })],
    [
      'dumpdata',
      async (project) => {
        const { environment } = await makeSqlite(project)
        const from = join(folder, `${project}.json`)
        await runDjango(environment, 'manage.py', 'dumpdata', '-o', from)
        return { from }
      },
    ],
    [
      'PostgreSQL',
      async (project) => {
        const { url, drop } = await createTestDatabase()
        await query(url, 'drop schema public cascade; drop schema graphile_worker cascade; create schema public')
        const { username, password, pathname, searchParams, hostname, port } = new URL(url)
        const environment = {
          PROJECT: project,
          DB_NAME: pathname.slice(1),
          DB_USER: username,
          DB_PASSWORD: decodeURIComponent(password),
          DB_HOST: searchParams.get('host') ?? decodeURIComponent(hostname),
          DB_PORT: searchParams.get('port') ?? port,
        }
        await runDjango(environment, 'manage.py', 'migrate', '-v0')
        await runDjango(environment, 'fill.py')
        return { from: url, drop }
      },
    ],
  ]

  for (const [name, make] of sources) {
    describe(`a user model with sign-in by email: ${name}`, () => {
      let from: string
      let drop: (() => Promise<void>) | undefined
      before(async () => {
        service = await TestService.start()
        ;({ from, drop } = await make('custom'))
        await service.sql(
          `with address as (insert into emails (address, user_id) values ('existing@example.com', $1))
           insert into users (id, email) values ($1, 'existing@example.com')`,
          ['0198f3a2-5d40-7c11-8e2a-94b7c3d5f601'],
        )
      })
      after(async () => {
        await drop?.()
        await service.stop()
      })

      it('reports in a dry run what must be decided, and writes nothing', async () => {
        const before = await content()
        const { code, report } = await importDjango('--from', from, '--dry-run')
        assert.equal(code, 0)
        assert.deepEqual(report.users, { read: 18, imported: 13, linked: 0, unchanged: 0, skipped: 5 })
        assert.deepEqual(
          report.undecided.map(({ reason, entries }) => [reason, entries]),
          [
            ['unknown_hash', [{ legacy_id: '16', email: 'md5@example.com', detail: 'its hasher is not supported' }]],
            ['invalid_address', [{ legacy_id: '17', email: '"quoted local"@example.com' }]],
            ['address_taken', [{ legacy_id: '18', email: 'existing@example.com' }]],
            [
              'collision',
              [
                { legacy_id: '9', email: 'Anna@example.com' },
                { legacy_id: '10', email: 'anna@example.com' },
              ],
            ],
          ],
        )
        assert.deepEqual(await content(), before)
      })

      it('imports nothing while a decision is missing', async () => {
        const before = await content()
        const { code, stderr } = await importDjango('--from', from, ...decisions.slice(2))
        assert.equal(code, 1)
        assert.match(stderr, /Nothing was imported: 2 users need a decision/)
        assert.deepEqual(await content(), before)
      })

      it('imports users, superusers, dates and the login log', async () => {
        const { code, report } = await importDjango('--from', from, ...decisions)
        assert.equal(code, 0)
        assert.deepEqual(report.users, { read: 18, imported: 14, linked: 1, unchanged: 0, skipped: 3 })
        assert.deepEqual(report.login_logs, { read: 5, imported: 4, unchanged: 0, skipped: 1 })
        assert.deepEqual(
          report.skipped.map(({ reason, count }) => [reason, count]),
          Object.entries({ collision: 1, pending: 1, invalid_address: 1, expired: 1 }),
        )
        assert.deepEqual(
          (await legacyIds()).map(({ legacy_id: id }) => Number(id)),
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 18],
        )
        const users = await service.sql(
          `select email, first_name, last_name, is_active, is_superuser, date_joined::text like '2025-01-02 03:04:05.678%' as joined,
             last_login is null as never, password_hash is null as locked
           from users where email ~ '^(Anna|root|suspended|unusable|md5)@' order by lower(email)`,
        )
        const plain = { first_name: '', last_name: '', is_active: true, is_superuser: false, joined: true }
        assert.deepEqual(users, [
          {
            ...plain,
            email: 'Anna@example.com',
            first_name: 'Анна',
            last_name: "O'Brien",
            never: false,
            locked: false,
          },
          { ...plain, email: 'md5@example.com', never: true, locked: true },
          { ...plain, email: 'root@example.com', is_superuser: true, never: true, locked: false },
          { ...plain, email: 'suspended@example.com', is_active: false, never: false, locked: false },
          { ...plain, email: 'unusable@example.com', never: true, locked: true },
        ])
        const logs = await service.sql<{ email: string; ip: string; length: number; is_default: boolean }>(
          `select email, host(ip_address) as ip, length(user_agent) as length,
             l.tableoid::regclass::text like '%default' as is_default
           from login_logs l join users u on u.id = user_id order by timestamp desc, ip`,
        )
        assert.deepEqual(
          logs.map(({ email, ip, length, is_default }) => [email, ip, length, is_default]),
          [
            ['Anna@example.com', '2001:db8::1', 512, false],
            ['Anna@example.com', '192.0.2.0', 9, false],
            ['Anna@example.com', '192.0.2.1', 9, false],
            ['Anna@example.com', '192.0.2.2', 9, false],
          ],
        )
      })

      it('changes nothing when it runs again', async () => {
        const before = await content()
        const { code, report } = await importDjango('--from', from, ...decisions)
        assert.equal(code, 0)
        assert.deepEqual(report.users, { read: 18, imported: 0, linked: 0, unchanged: 15, skipped: 3 })
        assert.deepEqual(report.login_logs, { read: 5, imported: 0, unchanged: 4, skipped: 1 })
        assert.deepEqual(await content(), before)
      })

      it('lets users sign in with their passwords', async () => {
        const { password, quick } = madeHashes
        for (const at of quick.keys()) {
          const body = { email: `user${String(at)}@example.com`, password }
          assert.equal((await service.call('createToken', { body })).status, 200)
        }
        const body = { email: 'ANNA@example.com', password }
        assert.equal((await service.call('createToken', { body })).status, 200)
        for (const name of ['md5', 'unusable', 'suspended', 'pending']) {
          const refused = { email: `${name}@example.com`, password }
          assert.equal((await service.call('createToken', { body: refused })).status, 401)
        }
      })
    })

    it(`imports stock users of django-allauth: ${name}`, async () => {
      service = await TestService.start()
      const { from, drop } = await make('stock')
      try {
        const { code, report } = await importDjango('--from', from, '--on-invalid', 'skip')
        assert.equal(code, 0)
        assert.deepEqual(report.users, { read: 3, imported: 2, linked: 0, unchanged: 0, skipped: 1 })
        assert.equal(report.tokens, 1)
        const users = await service.sql('select email, email_confirmed from users order by email')
        assert.deepEqual(users, [
          { email: 'unverified@example.com', email_confirmed: false },
          { email: 'verified@example.com', email_confirmed: true },
        ])
      } finally {
        await drop?.()
        await service.stop()
      }
    })
  }
})
