import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { migrate, type Migration, readMigrations } from '../../src/db/migrate.ts'
import { explainConnectionError } from '../../src/db/connectDatabase.ts'
import { StartError } from '../../src/problems.ts'
import { query } from '../support/database.ts'

const server = () => process.env['TEST_DATABASE_URL'] ?? ''

describe('a database in which Gatehouse cannot create its tables', () => {
  let url: string
  let name: string
  async function create(options = `encoding 'UTF8'`): Promise<void> {
    name = `test_${randomUUID().replaceAll('-', '')}`
    await query(server(), `create database ${name} template template0 ${options}`)
    url = Object.assign(new URL(server()), { pathname: `/${name}` }).href
  }
  afterEach(() => query(server(), `drop database ${name} with (force)`))

  /** Returns the names of all schemas and extensions, and of the tables and functions that were added. */
  const contents = () =>
    query(
      url,
      `select nspname as name from pg_namespace union all select proname from pg_proc where oid >= 16384
       union all select relname from pg_class where oid >= 16384 union all select extname from pg_extension order by 1`,
    )

  async function isRefused(sentence: RegExp, migrations?: Migration[]): Promise<void> {
    const before = await contents()
    const options = migrations ? { migrations } : {}
    await assert.rejects(migrate(url, options), (error) => {
      assert.ok(error instanceof StartError, String(error))
      assert.match(error.message, sentence)
      assert.doesNotMatch(error.message, /\n/)
      return true
    })
    assert.deepEqual(await contents(), before)
  }

  for (const encoding of ['SQL_ASCII', 'LATIN1']) {
    it(`is refused and not changed if its encoding is ${encoding}`, async () => {
      await create(`encoding '${encoding}' locale 'C'`)
      await isRefused(new RegExp(`^The database’s encoding is ${encoding}, Gatehouse needs UTF8: give Gatehouse`))
    })
  }

  const foreign: [what: string, statement: string, names: string][] = [
    ['a table whose name Gatehouse uses', 'create table login_logs ()', 'login_logs'],
    [
      'a table and a view whose names Gatehouse uses',
      'create table users (id int); create view mails as select 1 as x',
      'mails, users',
    ],
    ['an index whose name Gatehouse uses', 'create table x (y int); create index users_email on x (y)', 'users_email'],
    ['a type whose name Gatehouse uses', `create type sessions as enum ('a')`, 'sessions'],
    [
      'a function whose name Gatehouse uses',
      `create function make_partitions() returns int language sql as 'select 1'`,
      'make_partitions',
    ],
    ['the migrations of another program', 'create table migrations (id int, migration text)', 'migrations'],
  ]
  for (const [what, statement, names] of foreign) {
    it(`is refused and not changed if it contains ${what}`, async () => {
      await create()
      for (const part of statement.split(';')) await query(url, part)
      await isRefused(new RegExp(`^The database already has ${names}, which Gatehouse did not make: give Gatehouse a `))
    })
  }

  it('is refused and not changed if it contains a table of a pending migration', async () => {
    await create()
    await migrate(url)
    await query(url, 'create table added ()')
    const added = { number: 99, name: '0099_added.sql', text: 'create table added (id integer)', checksum: 'x' }
    await isRefused(/^The database already has added, /, [...(await readMigrations()), added])
  })

  it('is refused and not changed if the user cannot create tables or schemas', async () => {
    await create()
    const role = `test_role_${randomUUID().slice(0, 8)}`
    await query(server(), `create role ${role} login password 'pw'`)
    try {
      const owner = url
      url = Object.assign(new URL(url), { username: role, password: 'pw' }).href
      await isRefused(/^The database’s user may not create tables in its schema: run gatehouse migrate as the owner/)
      await query(owner, `grant create on schema public to ${role}`)
      await isRefused(/^The database’s user may not create schemas in the database: /)
      url = owner
    } finally {
      await query(url, `drop owned by ${role}`)
      await query(server(), `drop role ${role}`)
    }
  })

  it('is refused if its search_path has no schema', async () => {
    await create()
    await query(server(), `alter database ${name} set search_path to nowhere`)
    await isRefused(/^No schema of the search_path exists/)
  })

  it('delays the start of the service while it is read-only, like a standby server', async () => {
    await create()
    await query(server(), `alter database ${name} set default_transaction_read_only to on`)
    const error: unknown = await migrate(url).catch((thrown: unknown) => thrown)
    assert.match(explainConnectionError(error, url), /does not answer \(25006: it is read-only: a standby server, or/)
    await query(server(), `alter database ${name} reset default_transaction_read_only`)
    assert.ok((await migrate(url)).length > 0)
  })
})
