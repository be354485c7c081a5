import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import { openTarget } from '../../src/export/openTarget.ts'
import { gatehouse } from '../support/command.ts'
import { createTestDatabase, query } from '../support/database.ts'

type Finding = { reason: string; entries: { legacy_id: string; email: string; detail?: string }[] }
type Report = {
  users: Record<string, number>
  login_logs: Record<string, number>
  undecided: Finding[]
  skipped: Finding[]
}
const stock = `create table auth_user (
  id integer not null primary key autoincrement, password varchar(128) not null, last_login datetime,
  is_superuser bool not null, username varchar(150) not null unique, last_name varchar(150) not null,
  email varchar(254) not null, is_staff bool not null, is_active bool not null, date_joined datetime not null,
  first_name varchar(10) not null)`
const logs = `create table logins (
  id integer not null primary key autoincrement, user_id bigint not null, ip varchar(39) not null,
  user_agent varchar(20) not null, created datetime not null)`

describe('gatehouse export django', () => {
  let folder: string
  let url: string
  let drop: () => Promise<void>
  let django: DatabaseSync
  let file: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-export-'))
  })
  beforeEach(async () => {
    ;({ url, drop } = await createTestDatabase())
    file = join(folder, 'db.sqlite3')
    await rm(file, { force: true })
    django = new DatabaseSync(file)
  })
  afterEach(async () => {
    django.close()
    await drop()
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const run = async (...args: string[]) => {
    const outcome = await gatehouse(folder, { DATABASE_URL: url }, 'export', 'django', '--to', file, '--json', ...args)
    return { ...outcome, report: JSON.parse(outcome.stdout || '{}') as Report }
  }
  /** Creates a user here. @param legacyId the id of the row in Django */
  const user = async (email: string, legacyId?: string, { id = uuidv7(), names = 'Ann' } = {}) => {
    await query(
      url,
      `with address as (insert into emails (address, user_id) values (lower($2), $1))
       insert into users (id, email, first_name, date_joined) values ($1, $2, $3, '2025-01-02 03:04:05.6+00')`,
      [id, email, names],
    )
    if (legacyId !== undefined) await query(url, 'insert into legacy_ids values ($1, $2)', [legacyId, id])
    return id
  }
  const row = (id: number, email: string, { username = email, joined = '2025-01-02 03:04:05.600000' } = {}) =>
    django
      .prepare(`insert into auth_user values (?, '!x', null, 0, ?, '', ?, 0, 1, ?, 'Ann')`)
      .run(id, username, email, joined)
  const rows = (sql: string) =>
    django
      .prepare(sql)
      .all()
      .map((each) => ({ ...each }))
  const emails = () => rows('select id, username, email from auth_user order by id')

  it('creates rows of stock users, and remembers the ids that Django makes', async () => {
    django.exec(stock)
    row(7, 'old@example.com')
    const id = await user('new@example.com')
    assert.equal((await run()).report.users['created'], 1)
    assert.deepEqual(emails()[1], { id: 8, username: 'new@example.com', email: 'new@example.com' })
    assert.deepEqual(await query(url, 'select legacy_id, user_id from legacy_ids'), [{ legacy_id: '8', user_id: id }])
    const before = await readFile(file)
    assert.equal((await run()).report.users['unchanged'], 1)
    assert.deepEqual(await readFile(file), before)
  })

  it('names the columns that new rows lack, and takes values for them', async () => {
    django.exec(stock.replace('first_name', 'phone text not null, code text not null, first_name'))
    await user('new@example.com')
    const { code, stderr } = await run()
    assert.equal(code, 1)
    assert.match(stderr, /need a value for phone, code, .*--set auth_user\.phone=… --set auth_user\.code=…/)
    assert.deepEqual(emails(), [])
    assert.equal((await run('--set', 'auth_user.phone=1=2', '--set', 'auth_user.code=')).code, 0)
    assert.deepEqual(rows('select phone, code from auth_user'), [{ phone: '1=2', code: '' }])
  })

  it('lists users who collide, have no row, another row or a value that is too long', async () => {
    django.exec(stock)
    row(1, 'someone@example.com', { username: 'taken@example.com' })
    row(2, 'other@example.com', { joined: '2020-01-01 00:00:00' })
    row(3, 'long@example.com')
    await user('taken@example.com')
    await user('mine@example.com', '2')
    await user('long@example.com', '3', { names: 'A name of 18 chars' })
    await user('gone@example.com', '99')
    const before = await readFile(file)
    const stopped = await run()
    assert.equal(stopped.code, 1)
    assert.deepEqual(await readFile(file), before)
    const { code, report } = await run('--on-conflict', 'skip')
    assert.equal(code, 0)
    assert.deepEqual(
      report.skipped,
      stopped.report.undecided.map((each) => ({ ...each, outcome: 'skipped' })),
    )
    const found = new Map(report.skipped.map(({ reason, entries }) => [reason, entries.map(({ email }) => email)]))
    assert.deepEqual(Object.fromEntries(found), {
      collision: ['taken@example.com'],
      other_user: ['mine@example.com'],
      row_missing: ['gone@example.com'],
      too_long: ['long@example.com'],
    })
    assert.deepEqual(await readFile(file), before)
  })

  it('moves addresses along a chain of users and to a new user', async () => {
    django.exec(stock)
    django.exec('create unique index email on auth_user (email)')
    row(1, 'a@example.com')
    row(2, 'b@example.com')
    row(3, 'c@example.com', { username: 'cleo' })
    await user('b@example.com', '1')
    await user('c@example.com', '2')
    await user('d@example.com', '3')
    await user('a@example.com')
    const { report } = await run()
    assert.deepEqual([report.users['updated'], report.users['created']], [3, 1])
    assert.deepEqual(emails(), [
      { id: 1, username: 'b@example.com', email: 'b@example.com' },
      { id: 2, username: 'c@example.com', email: 'c@example.com' },
      { id: 3, username: 'cleo', email: 'd@example.com' },
      { id: 4, username: 'a@example.com', email: 'a@example.com' },
    ])
  })

  it('moves an address whose holder is in a later batch', async () => {
    django.exec(stock)
    django.exec('create unique index email on auth_user (email)')
    django.exec('begin')
    for (let id = 1; id <= 1002; id++) row(id, `user${id}@example.com`)
    django.exec('commit')
    const ids = Array.from({ length: 1002 }, () => uuidv7()).sort()
    await query(
      url,
      `insert into users (id, email, first_name, date_joined)
       select u.id, 'user' || u.number % 1002 + 1 || '@example.com', 'Ann', '2025-01-02 03:04:05.6+00'
       from unnest($1::uuid[]) with ordinality as u (id, number)`,
      [ids],
    )
    await query(
      url,
      `insert into legacy_ids select number, id from unnest($1::uuid[]) with ordinality as u (id, number)`,
      [ids],
    )
    const { report } = await run()
    assert.deepEqual([report.users['read'], report.users['updated'], report.users['skipped']], [1002, 1002, 0])
    assert.deepEqual(rows('select count(*) as n from auth_user where email <> username'), [{ n: 0 }])
    assert.deepEqual(emails()[1001], { id: 1002, username: 'user1@example.com', email: 'user1@example.com' })
  })

  it('adds only the records that Django lacks, also of one moment', async () => {
    django.exec(stock)
    django.exec(logs)
    row(1, 'a@example.com')
    const id = await user('a@example.com', '1')
    const log = (key: string, moment: string, agent = 'A browser') =>
      query(url, `insert into login_logs values ($1, $2, $3, '192.0.2.1', $4)`, [id, moment, key, agent])
    await log(uuidv5('an imported record', uuidv5.URL), '2026-11-01 00:00:00+00')
    for (let count = 0; count < 2; count++) await log(uuidv7(), '2026-11-02 00:00:00+00')
    await log(uuidv7(), '2026-11-02 00:00:00.000001+00', 'x'.repeat(30))
    assert.equal((await run()).report.login_logs['written'], 3)
    assert.deepEqual(rows('select user_id, ip, user_agent, created from logins order by id'), [
      { user_id: 1, ip: '192.0.2.1', user_agent: 'A browser', created: '2026-11-02 00:00:00' },
      { user_id: 1, ip: '192.0.2.1', user_agent: 'A browser', created: '2026-11-02 00:00:00' },
      { user_id: 1, ip: '192.0.2.1', user_agent: 'x'.repeat(20), created: '2026-11-02 00:00:00.000001' },
    ])
    await log(uuidv7(), '2026-11-02 00:00:00+00')
    const { report } = await run()
    assert.deepEqual(report.login_logs, { read: 4, written: 1, unchanged: 3, skipped: 0 })
    assert.deepEqual(rows('select count(*) as n from logins'), [{ n: 4 }])
  })

  it('keeps all records of one moment in one batch', async () => {
    django.exec(stock)
    django.exec(logs)
    row(1, 'a@example.com')
    const id = await user('a@example.com', '1')
    const ids = Array.from({ length: 5001 }, () => uuidv7())
    await query(
      url,
      `insert into login_logs select $1, '2026-11-02 00:00:00+00', unnest($2::uuid[]), '192.0.2.1', 'A browser'`,
      [id, ids],
    )
    assert.equal((await run()).report.login_logs['written'], 5001)
    assert.equal((await run()).report.login_logs['unchanged'], 5001)
  })

  it('completes an export that ended in its second batch', async () => {
    django.exec(stock)
    await query(
      url,
      `insert into users (id, email, first_name) select unnest($1::uuid[]), 'user' || generate_series(1, 1600) || '@example.com', ''`,
      [Array.from({ length: 1600 }, () => uuidv7())],
    )
    django.exec(`create trigger broken before insert on auth_user
      when (select count(*) from auth_user) = 1550 begin select raise(abort, 'the disk is full'); end`)
    const { code, stderr } = await run()
    assert.equal(code, 1)
    assert.match(stderr, /the disk is full/)
    assert.deepEqual(rows('select count(*) as n from auth_user'), [{ n: 1000 }])
    assert.deepEqual(await query(url, 'select count(*)::int as n from legacy_ids'), [{ n: 1000 }])
    django.exec('drop trigger broken')
    const { report } = await run()
    assert.deepEqual([report.users['unchanged'], report.users['created']], [1000, 600])
    assert.deepEqual(rows('select count(*) as n from auth_user'), [{ n: 1600 }])
  })

  it('stops if Django gives a new user the id of a deleted one', async () => {
    django.exec(stock)
    row(7, 'old@example.com')
    await query(url, `insert into legacy_ids values ('8', $1)`, [uuidv7()])
    await user('new@example.com')
    const { code, stderr } = await run()
    assert.equal(code, 1)
    assert.match(stderr, /Django gives a new user the id 8, .* raise its sequence/)
    assert.equal(emails().length, 1)
  })

  it('opens the database of a dry run so that it refuses to write', async () => {
    django.exec(stock)
    for (const [to, table] of [
      [file, 'auth_user'],
      [url, 'legacy_ids'],
    ] as const) {
      const target = await openTarget(to, true)
      await assert.rejects(async () => target.run(`delete from ${table}`, []), /read.?only/)
      await target.close()
    }
  })

  it('gives a row a UUID where the project makes them', async () => {
    django.exec(stock.replace('id integer not null primary key autoincrement', 'id char(32) not null primary key'))
    const id = await user('a@example.com')
    assert.equal((await run()).report.users['created'], 1)
    assert.deepEqual(rows('select id from auth_user'), [{ id: id.replaceAll('-', '') }])
    assert.deepEqual(await query(url, 'select legacy_id from legacy_ids'), [{ legacy_id: id }])
    assert.equal((await run()).report.users['unchanged'], 1)
  })

  it('refuses a database that it cannot write to', async () => {
    for (const to of ['mysql://localhost/x', join(folder, 'missing.sqlite3')]) {
      const { code, stderr } = await gatehouse(folder, { DATABASE_URL: url }, 'export', 'django', '--to', to)
      assert.equal(code, 1)
      assert.match(stderr, /--to takes the URL of a PostgreSQL database or an existing SQLite file/)
    }
    assert.match((await run('--set', 'x')).stderr, /--set takes table\.column=value, not x/)
  })
})
