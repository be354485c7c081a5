import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { importDjango, type ImportOptions } from '../../src/import/importDjango.ts'
import { gatehouse } from '../support/command.ts'
import { createTestDatabase } from '../support/database.ts'
import { scratch } from '../support/scratch.ts'
import { TestService } from '../support/service.ts'
import { djangoUser, writeSqlite } from './support/sqlite.ts'

describe('gatehouse import django', () => {
  let folder: string
  let file: string
  let service: TestService
  before(async () => {
    folder = await mkdtemp(join(scratch, 'gatehouse-import-'))
    file = join(folder, 'source.sqlite3')
    service = await TestService.start()
  })
  after(async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => service.sql('truncate users, emails, legacy_ids, login_logs, security_events'))

  const run = (...args: string[]) => runAs(service.databaseUrl, ...args)
  const runAs = (url: string, ...args: string[]) =>
    gatehouse(folder, { DATABASE_URL: url }, 'import', 'django', ...args)
  const importFile = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('--json', '--from', file, ...args)
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout) as {
      users: object
      login_logs: object
      blacklisted: number
      skipped: { reason: string; count: number; entries: object[] }[]
    }
  }
  const emails = async () => {
    const rows = await service.sql<{ email: string }>('select email from users order by email collate "C"')
    return rows.map(({ email }) => email)
  }
  const insertUser = (id: string, address: string) =>
    service.sql(
      `with address as (insert into emails (address, user_id) values ($2, $1)) insert into users (id, email) values ($1, $2)`,
      [id, address],
    )
  const existing = '0198f3a2-5d40-7c11-8e2a-94b7c3d5f601'
  const counts = (imported: number, unchanged: number, skipped = 0, linked = 0) => ({
    ...{ read: imported + unchanged + skipped + linked, imported, linked, unchanged, skipped },
  })

  describe('batches', () => {
    const many = Array.from({ length: 2300 }, (_, at) => djangoUser(at + 1, `user${String(at + 1)}@example.com`))

    it('are complete or missing after a failure, and a second run imports the rest', async () => {
      await writeSqlite(file, { accounts_user: many })
      await service.sql(
        `create function fail() returns trigger language plpgsql as $$ begin
           if new.email = 'user1500@example.com' then raise exception 'the disk is full'; end if;
           return new;
         end $$;
         create trigger fail before insert on users for each row execute function fail()`,
      )
      try {
        const { code, stderr } = await run('--from', file)
        assert.equal(code, 1)
        assert.match(stderr, /the disk is full/)
      } finally {
        await service.sql('drop function fail cascade')
      }
      const [stored] = await service.sql(
        `select (select count(*)::integer from users) as users, (select count(*)::integer from emails) as emails,
           (select count(*)::integer from legacy_ids) as ids`,
      )
      assert.deepEqual(stored, { users: 1000, emails: 1000, ids: 1000 })
      assert.deepEqual((await importFile()).users, counts(1300, 1000))
      assert.equal((await emails()).length, 2300)
      assert.deepEqual((await importFile()).users, counts(0, 2300))
    })

    it('are decided again if an email address was taken after the check', async () => {
      await writeSqlite(file, { accounts_user: many.slice(0, 3) })
      const { db } = service.service.services
      let isFirst = true
      const options: ImportOptions = {
        ...{ from: file, dryRun: false, retention: 1000, tables: { logs: false } },
        decisions: {
          ...{ onCollision: 'stop', onExisting: 'skip', onInvalid: 'stop', onUnknownHash: 'stop' },
          ...{ skipPending: false, language: 'en' },
        },
      }
      const registering = {
        ...{ any: db.any, one: db.one, maybeOne: db.maybeOne, query: db.query },
        async transaction<T>(work: Parameters<typeof db.transaction<T>>[0]) {
          if (isFirst) await insertUser(existing, 'user2@example.com')
          isFirst = false
          return db.transaction(work)
        },
      }
      const { report } = await importDjango(registering, options, () => undefined)
      assert.deepEqual(report.users, counts(2, 0, 1))
      assert.deepEqual(await emails(), ['user1@example.com', 'user2@example.com', 'user3@example.com'])
    })
  })

  it('does not create a deleted user again', async () => {
    await writeSqlite(file, { accounts_user: [djangoUser(1, 'anna@example.com')] })
    await importFile()
    await service.sql('delete from users; delete from emails')
    const { users, skipped } = await importFile()
    assert.deepEqual(users, counts(0, 0, 1))
    assert.equal(skipped[0]?.reason, 'erased')
    assert.deepEqual(await emails(), [])
  })

  it('keeps a primary key that is a UUID as the id', async () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e'
    await writeSqlite(file, { accounts_user: [djangoUser(id.replaceAll('-', ''), 'anna@example.com')] })
    await importFile()
    assert.deepEqual(await service.sql('select user_id, legacy_id from legacy_ids'), [{ user_id: id, legacy_id: id }])
  })

  it('records that a superuser was created', async () => {
    await writeSqlite(file, {
      accounts_user: [djangoUser(1, 'anna@example.com'), djangoUser(2, 'root@example.com', { is_superuser: 1 })],
    })
    await importFile()
    const events = await service.sql(`select e.type, u.email from security_events e join users u on u.id = e.user_id`)
    assert.deepEqual(events, [{ type: 'superuser_granted', email: 'root@example.com' }])
  })

  it('deletes pending registrations of the email addresses', async () => {
    await writeSqlite(file, { accounts_user: [djangoUser(1, 'Anna@Example.com')] })
    await service.sql(
      `insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)
       values ($1, 'anna@example.com', 'anna@example.com', '', '', 'en', '\\x00', '192.0.2.1', '')`,
      [existing],
    )
    await importFile()
    assert.deepEqual(await service.sql('select * from registrations'), [])
  })

  describe('a collision of email addresses', () => {
    // The addresses are in different batches.
    const others = Array.from({ length: 1000 }, (_, at) => djangoUser(at + 2, `other${String(at)}@example.com`))
    const users = [
      djangoUser(1, 'Anna@example.com', { last_login: '2026-01-01 00:00:00' }),
      ...others,
      djangoUser(2000, 'anna@example.com', { last_login: '2026-02-01 00:00:00' }),
      djangoUser(2001, 'ANNA@EXAMPLE.COM'),
    ]
    const annas = async () => (await emails()).filter((email) => email.toLowerCase() === 'anna@example.com')

    for (const [choice, expected, skipped] of [
      ['first', ['Anna@example.com'], 2],
      ['latest', ['anna@example.com'], 2],
      ['skip', [], 3],
    ] as const) {
      it(`is decided by --on-collision ${choice}, in the same way again`, async () => {
        await writeSqlite(file, { accounts_user: users })
        assert.deepEqual((await importFile('--on-collision', choice)).users, counts(1003 - skipped, 0, skipped))
        assert.deepEqual(await annas(), expected)
        assert.deepEqual((await importFile('--on-collision', choice)).users, counts(0, 1003 - skipped, skipped))
        assert.deepEqual(await annas(), expected)
      })
    }

    it('is won by a user who was imported before', async () => {
      await writeSqlite(file, { accounts_user: users.slice(0, 1) })
      await importFile()
      await writeSqlite(file, { accounts_user: users })
      assert.deepEqual((await importFile('--on-collision', 'latest')).users, counts(1000, 1, 2))
      assert.deepEqual(await annas(), ['Anna@example.com'])
    })

    it('is none with a user who was imported with another email address', async () => {
      await writeSqlite(file, { accounts_user: [djangoUser(1, 'old@example.com')] })
      await importFile()
      const changed = [djangoUser(1, 'anna@example.com'), djangoUser(2, 'Anna@example.com')]
      await writeSqlite(file, { accounts_user: changed })
      assert.deepEqual((await importFile()).users, counts(1, 1))
      assert.deepEqual(await emails(), ['Anna@example.com', 'old@example.com'])
    })

    it('with an account of Gatehouse links one user to the account', async () => {
      await insertUser(existing, 'anna@example.com')
      await writeSqlite(file, { accounts_user: users })
      const decisions = ['--on-existing', 'link', '--on-collision', 'first']
      assert.deepEqual((await importFile(...decisions)).users, counts(1000, 0, 2, 1))
      const linked = await service.sql('select legacy_id from legacy_ids where user_id = $1', [existing])
      assert.deepEqual(linked, [{ legacy_id: '1' }])
      assert.deepEqual((await importFile(...decisions)).users, counts(0, 1001, 2))
    })
  })

  describe('the login log', () => {
    const now = new Date().toISOString()
    const log = (id: number, columns: object = {}) => ({
      ...{ id, user_id: 1, ip: '192.0.2.1', user_agent: 'a\u202eb', created: now },
      ...columns,
    })

    it('has only valid records of imported users', async () => {
      const rows = [log(1), log(2, { user_id: 9 }), log(3, { ip: '1.2.3' }), log(4, { created: 'yesterday' })]
      const more = [log(5, { ip: '::ffff:192.0.2.5' }), log(6, { created: '2020-01-01 00:00:00' })]
      await writeSqlite(file, {
        accounts_user: [djangoUser(1, 'anna@example.com')],
        audit_login: [...rows, ...more],
      })
      const { login_logs: logs, skipped } = await importFile()
      assert.deepEqual(logs, { read: 6, imported: 2, unchanged: 0, skipped: 4 })
      const reasons = skipped.map(({ reason, count }) => `${String(count)} ${reason}`).sort()
      assert.deepEqual(reasons, ['1 expired', '1 invalid_date', '1 invalid_ip', '1 unknown_user'])
      const stored = await service.sql('select host(ip_address) as ip, user_agent from login_logs order by ip')
      assert.deepEqual(stored, [
        { ip: '192.0.2.1', user_agent: 'ab' },
        { ip: '192.0.2.5', user_agent: 'ab' },
      ])
    })

    it('is left out with --no-logs', async () => {
      await writeSqlite(file, { accounts_user: [djangoUser(1, 'anna@example.com')], audit_login: [log(1)] })
      assert.deepEqual((await importFile('--no-logs')).login_logs, { read: 0, imported: 0, unchanged: 0, skipped: 0 })
    })

    it('needs the owner of the tables', async () => {
      await writeSqlite(file, { accounts_user: [djangoUser(1, 'anna@example.com')], audit_login: [log(1)] })
      const database = await createTestDatabase()
      try {
        const { code, stderr } = await runAs(database.serviceUrl, '--from', file)
        assert.equal(code, 1)
        assert.match(stderr, /must connect as the owner of the tables/)
        assert.equal((await runAs(database.serviceUrl, '--from', file, '--no-logs')).code, 0)
      } finally {
        await database.drop()
      }
    })
  })

  describe('a source that cannot be read', () => {
    const refusals: [what: string, content: string, expected: RegExp][] = [
      ['is neither SQLite nor JSON', 'select 1', /neither a SQLite database nor the JSON of dumpdata/],
      ['ends too early', '[{"model": "a.user", "pk": 1', /is not complete/],
      ['is other JSON', '[{"id": 1}]', /has no model and fields/],
      ['has no primary keys', '[{"model": "a.user", "pk": null, "fields": {}}]', /without --natural-primary/],
      [
        'has no users',
        '[{"model": "a.thing", "pk": 1, "fields": {}}]',
        /No table has the columns password and last_login/,
      ],
    ]
    for (const [what, content, expected] of refusals) {
      it(`is refused: it ${what}`, async () => {
        const dump = join(folder, 'dump.json')
        await writeFile(dump, content)
        const { code, stderr } = await run('--from', dump)
        assert.equal(code, 1)
        assert.match(stderr, expected)
      })
    }

    it('is refused: there is no such file, or another kind of database', async () => {
      assert.match((await run('--from', join(folder, 'none'))).stderr, /--from cannot be read: ENOENT/)
      assert.match((await run('--from', 'mysql://localhost/db')).stderr, /import other databases by dumpdata/)
      const unreachable = await run('--from', 'postgres://user:secret@127.0.0.1:1/db')
      assert.match(unreachable.stderr, /The database to import from cannot be used/)
      assert.doesNotMatch(unreachable.stderr, /secret/)
    })
  })

  it('prints no control characters of the source', async () => {
    await writeSqlite(file, { accounts_user: [djangoUser(1, 'a\u001b[2Jb\nc\u202e')] })
    const { stdout } = await run('--from', file, '--on-invalid', 'skip')
    assert.match(stdout, /\n {2}1 {2}a\[2Jbc\n$/)
  })

  it('prints a report for people', async () => {
    await writeSqlite(file, {
      accounts_user: [djangoUser(1, 'anna@example.com', { is_staff: 1 }), djangoUser(2, 'no address')],
    })
    const { stdout } = await run('--from', file, '--on-invalid', 'skip')
    assert.match(stdout, /^Users: 2 read, 1 imported, 0 linked, 0 unchanged, 1 skipped\.\n/)
    assert.match(stdout, /\nskipped, invalid_address: 1\. .*\n {2}2 {2}no address\n/)
    assert.match(stdout, /\nchanged, staff: 1\. .*\n {2}1 {2}anna@example\.com\n/)
  })

  it('records the blacklist of simplejwt, except for expired tokens', async () => {
    const outstanding = (id: number, jti: string, days: number) => ({
      ...{ id, jti, token: 'x', user_id: 1 },
      expires_at: new Date(Date.now() + days * 86_400_000).toISOString().replace('T', ' ').replace('Z', ''),
    })
    await writeSqlite(file, {
      accounts_user: [djangoUser(1, 'ann@example.com')],
      token_blacklist_outstandingtoken: [outstanding(1, 'a1', 1), outstanding(2, 'b2', 1), outstanding(3, 'c3', -1)],
      token_blacklist_blacklistedtoken: [
        { id: 1, token_id: 2, blacklisted_at: '2026-01-01' },
        { id: 2, token_id: 3, blacklisted_at: '2026-01-01' },
      ],
    })
    const recorded = () => service.sql('select jti from exchanged_tokens')
    await importFile('--dry-run')
    assert.deepEqual(await recorded(), [])
    assert.equal((await importFile()).blacklisted, 1)
    assert.deepEqual(await recorded(), [{ jti: 'b2' }])
    assert.equal((await importFile()).blacklisted, 0)
  })
})
