import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { migrate, readMigrations, type Migration } from '../../src/db/migrate.ts'
import { splitStatements } from '../../src/db/rawSql.ts'
import { StartError } from '../../src/problems.ts'
import { query } from '../support/database.ts'

const server = () => process.env['TEST_DATABASE_URL'] ?? ''

function migration(number: number, name: string, text: string): Migration {
  return { number, name, text, checksum: createHash('sha256').update(text).digest('hex') }
}

describe('migrations', () => {
  let url: string
  let wanted: Migration[]
  beforeEach(async () => {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    await query(server(), `create database ${name} template template0 encoding 'UTF8'`)
    url = Object.assign(new URL(server()), { pathname: `/${name}` }).href
    wanted = await readMigrations()
  })
  afterEach(() => query(server(), `drop database ${new URL(url).pathname.slice(1)} with (force)`))

  const applied = () =>
    query<{ number: number; name: string }>(url, 'select number, name from migrations order by number')
  const refusal = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof StartError, String(error))
    assert.match(error.message, pattern)
    assert.doesNotMatch(error.message, /\n/)
    return true
  }

  it('run once each on a new database', async () => {
    const names = wanted.map(({ name }) => name)
    assert.ok(names.length > 0)
    assert.deepEqual(await migrate(url), names)
    assert.deepEqual(await migrate(url), [])
    assert.deepEqual(
      await applied(),
      wanted.map(({ number, name }) => ({ number, name })),
    )
    const [worker] = await query<{ jobs: string }>(url, 'select count(*) as jobs from graphile_worker.jobs')
    assert.deepEqual(worker, { jobs: '0' })
  })

  it('are numbered from 1 without a gap', () => {
    assert.deepEqual(
      wanted.map(({ number }) => number),
      wanted.map((_, index) => index + 1),
    )
  })

  it('are not run again if they were applied before', async () => {
    await migrate(url)
    const added = migration(99, '0099_added.sql', 'create table added (id integer)')
    assert.deepEqual(await migrate(url, { migrations: [...wanted, added] }), ['0099_added.sql'])
    assert.deepEqual(await query(url, 'select * from added'), [])
  })

  it('are refused, with the file’s name, if they were edited after they were applied', async () => {
    await migrate(url)
    const [first, ...others] = wanted
    assert.ok(first)
    const edited = migration(first.number, first.name, `${first.text}\n-- edited`)
    await assert.rejects(
      migrate(url, { migrations: [edited, ...others] }),
      refusal(new RegExp(`^Migration ${first.name} was edited`)),
    )
  })

  it('are ignored if a newer release applied them, unless a later one is pending', async () => {
    const newer = migration(99, '0099_newer.sql', 'select 1')
    await migrate(url, { migrations: [...wanted, newer] })
    assert.deepEqual(await migrate(url), [])
    const newest = migration(100, '0100_newest.sql', 'select 1')
    await assert.rejects(
      migrate(url, { migrations: [...wanted, newest] }),
      refusal(/0099_newer\.sql.*is not in sql\/migrations/),
    )
  })

  it('are rolled back on failure; the error has file, statement and message', async () => {
    await migrate(url)
    const broken = migration(
      99,
      '0099_broken.sql',
      'create table half (id integer);\n-- why\nalter table nobody add x text;\nselect 1',
    )
    const before = migration(98, '0098_before.sql', 'create table whole (id integer)')
    await assert.rejects(
      migrate(url, { migrations: [...wanted, before, broken] }),
      refusal(/^Migration 0099_broken\.sql failed: relation "nobody" does not exist.*alter table nobody/),
    )
    assert.deepEqual(
      await query(url, `select to_regclass('half') as half, to_regclass('whole') is not null as whole`),
      [{ half: null, whole: true }],
    )
    assert.equal((await applied()).at(-1)?.name, '0098_before.sql')
    const corrected = migration(99, '0099_broken.sql', 'create table half (id integer)')
    assert.deepEqual(await migrate(url, { migrations: [...wanted, before, corrected] }), ['0099_broken.sql'])
  })

  it('run once each if five processes start at once on an empty database', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => migrate(url)))
    assert.deepEqual(
      all.flat(),
      wanted.map(({ name }) => name),
    )
    assert.equal((await applied()).length, wanted.length)
  })

  it('continue in the next process if the one that holds the lock is killed', async () => {
    await migrate(url)
    await query(url, 'create table killed (id integer)')
    const slow = migration(
      99,
      '0099_slow.sql',
      'create table slow (id integer); select pg_sleep(30) where not exists (select from killed)',
    )
    const outcomes = Array.from({ length: 3 }, () => migrate(url, { migrations: [...wanted, slow] }))
    const settled = Promise.allSettled(outcomes)
    const sleeping = `select pid from pg_stat_activity where datname = current_database() and query like '%pg_sleep(30)%' and wait_event = 'PgSleep'`
    let holder: { pid: number } | undefined
    while (!holder) [holder] = await query<{ pid: number }>(url, sleeping).finally(() => sleep(20))
    await query(url, 'insert into killed values (1)')
    await query(url, 'select pg_terminate_backend($1)', [holder.pid])
    const results = await settled
    const done = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    assert.deepEqual(done, ['0099_slow.sql'])
    assert.equal(results.filter(({ status }) => status === 'rejected').length, 1)
  })
})

describe('the advisory lock of migrations', function () {
  this.timeout(60_000)
  let url: string
  beforeEach(async () => {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    await query(server(), `create database ${name} template template0 encoding 'UTF8'`)
    url = Object.assign(new URL(server()), { pathname: `/${name}` }).href
  })
  afterEach(() => query(server(), `drop database ${new URL(url).pathname.slice(1)} with (force)`))

  /** Holds the lock by a session, as releases before 0.4.0 do. A pooler may keep such a session open. */
  async function hold(): Promise<{ pid: number; release: () => Promise<void> }> {
    const client = new pg.Client({ connectionString: url, application_name: 'earlier' })
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid, pg_advisory_lock(4283646378)')
    return { pid: rows[0]?.pid ?? 0, release: () => client.end() }
  }

  it('delays a migration; the message names the holder of the lock and a remedy', async () => {
    const { pid, release } = await hold()
    const sentences: string[] = []
    const migrated = migrate(url, { onWaiting: (sentence) => sentences.push(sentence) })
    while (sentences.length === 0) await sleep(20)
    await sleep(500)
    assert.match(
      sentences.join('\n'),
      new RegExp(
        `^Another Gatehouse is migrating this database \\(PostgreSQL’s process ${pid}, earlier, since \\d{4}-.*Z\\): .*terminate_backend\\(${pid}\\)\\.$`,
      ),
    )
    await release()
    assert.equal((await migrated).length, (await readMigrations()).length)
  })

  it('is not acquired by a migration that was aborted while it waited', async () => {
    const { release } = await hold()
    const interrupted = new AbortController()
    const migrated = migrate(url, {
      signal: interrupted.signal,
      onWaiting: () => {
        interrupted.abort()
      },
    })
    await assert.rejects(migrated, { name: 'AbortError' })
    await release()
  })

  it('is released after a migration, even after a failed one', async () => {
    const broken = migration(99, '0099_broken.sql', 'select nothing')
    await assert.rejects(migrate(url, { migrations: [...(await readMigrations()), broken] }), StartError)
    await migrate(url)
    const locks = `select from pg_locks where locktype = 'advisory' and objid = 4283646378 and database =
      (select oid from pg_database where datname = current_database())`
    assert.deepEqual(await query(url, locks), [])
  })

  it('exempts the migration from the time-outs of the database', async () => {
    await query(url, `alter database ${new URL(url).pathname.slice(1)} set statement_timeout to '500ms'`)
    await query(
      url,
      `alter database ${new URL(url).pathname.slice(1)} set idle_in_transaction_session_timeout to '500ms'`,
    )
    const slow = migration(99, '0099_slow.sql', 'select pg_sleep(1.5)')
    const names = await migrate(url, { migrations: [...(await readMigrations()), slow] })
    assert.equal(names.at(-1), '0099_slow.sql')
  })
})

describe('splitStatements', () => {
  const cases: [what: string, text: string, statements: string[]][] = [
    ['an empty text', '', []],
    ['blanks and empty statements', ' ;\n;; ', []],
    ['a text of comments alone', '-- nothing;\n/* here; */', []],
    ['one statement without a semicolon', 'select 1', ['select 1']],
    ['several statements', 'select 1; select 2;\nselect 3;\n', ['select 1', 'select 2', 'select 3']],
    [
      'a string that contains a semicolon',
      `select 'a;b', 'it''s; c'; select 2`,
      [`select 'a;b', 'it''s; c'`, 'select 2'],
    ],
    ['a quoted name that contains a semicolon', `select 1 as "a;""b;"; select 2`, [`select 1 as "a;""b;"`, 'select 2']],
    ['a function body in dollar quotes', `do $$ begin; end; $$; select 2`, ['do $$ begin; end; $$', 'select 2']],
    [
      'dollar quotes inside tagged dollar quotes',
      `do $a$ x; $$ y; $$ '; $a$; select 2`,
      [`do $a$ x; $$ y; $$ '; $a$`, 'select 2'],
    ],
    ['parameters, which are no dollar quotes', 'select $1; select $1', ['select $1', 'select $1']],
    ['a semicolon in a line comment', 'select 1 -- one; still\n; select 2', ['select 1 -- one; still', 'select 2']],
    ['a quotation mark in a comment', `-- it's\nselect 1; select 2`, [`-- it's\nselect 1`, 'select 2']],
    ['a comment in a string', `select '-- no'; select '/*'; select 3`, [`select '-- no'`, `select '/*'`, 'select 3']],
    ['a semicolon in a block comment', 'select /* a; b */ 1; select 2', ['select /* a; b */ 1', 'select 2']],
    ['a trailing comment', 'select 1;\n-- the end;', ['select 1']],
  ]
  for (const [what, text, statements] of cases) {
    it(`handles ${what}`, () => {
      assert.deepEqual(splitStatements(text), statements)
    })
  }
})
