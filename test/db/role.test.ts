import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { createCleanUp } from '../../src/jobs/cleanUp.ts'
import { keepLog } from '../jobs/support/log.ts'
import { query } from '../support/database.ts'
import { password, TestService } from '../support/service.ts'
import { createOwnedDatabase, type OwnedDatabase } from './support/ownedDatabase.ts'

const secretKey = 'a secret key for this test, long enough'

describe('the service with a database role that owns nothing (security 83)', function () {
  this.timeout(60_000)
  let database: OwnedDatabase
  let service: TestService
  before(async () => {
    database = await createOwnedDatabase()
    await database.run(database.ownerUrl, ['migrate', '--grant-to', database.role])
    const settings = { DATABASE_URL: database.roleUrl, SECRET_KEY: secretKey, RATE_LIMITS: 'off' }
    service = await TestService.start(settings, { reloadKeys: 0.2 })
  })
  after(async () => {
    await service.stop()
    await database.drop()
  })

  const asOwner = <Row extends pg.QueryResultRow>(text: string) => query<Row>(database.ownerUrl, text)
  const asRole = <Row extends pg.QueryResultRow>(text: string) => query<Row>(database.roleUrl, text)

  it('serves a user from the registration and its mail to the deletion', async () => {
    const user = await service.signedIn()
    const [next, email] = ['another horse battery staple', service.email()]
    const call = async (...args: Parameters<TestService['call']>) => {
      const { status, body } = await service.call(...args)
      assert.ok(status === 200 || status === 204, `${args[0]}: ${JSON.stringify(body)}`)
      return body
    }
    const { access: token } = await call('refreshToken', { body: { refresh: user.refresh } })
    const signed = { token: String(token) }
    await call('changePassword', {
      ...signed,
      body: { current_password: password, password: next, password_confirm: next },
    })
    assert.match((await service.mailTo(user.email)).subject, /password/i)
    await call('changeEmail', { ...signed, body: { current_password: next, email } })
    await call('confirmEmail', { body: { code: (await service.mailTo(email)).code } })
    await call('undoEmailChange', { body: { code: (await service.mailTo(user.email)).code } })
    const { code } = await service.mailTo(user.email)
    await call('restorePassword', { body: { code, password, password_confirm: password } })
    // Waits for the notice, because the deletion below erases pending mails.
    assert.match((await service.mailTo(user.email)).subject, /password/i)
    const { access } = await service.signIn(user.email)
    await call('deleteMe', { token: access, body: { current_password: password } })
    assert.deepEqual(await asOwner('select id from users'), [])
    assert.match((await service.mailTo(user.email)).subject, /deleted/)
    const jobs = () => asOwner('select id from graphile_worker.jobs')
    for (const until = Date.now() + 10_000; (await jobs()).length > 0 && Date.now() < until;) await sleep(20)
    assert.deepEqual(await asOwner(`select id from mails where status not in ('sent', 'dropped')`), [])
    assert.deepEqual(await jobs(), [])
  })

  it('creates and drops partitions every hour, and deletes expired rows', async () => {
    const partitions = async () =>
      (
        await asOwner<{ name: string }>(
          `select inhrelid::regclass::text as name from pg_inherits where inhparent in ('login_logs'::regclass, 'security_events'::regclass) order by 1`,
        )
      ).map(({ name }) => name)
    const before = await partitions()
    const ahead = before.findLast((name) => /^login_logs_\d/.test(name)) ?? ''
    await asOwner(`drop table ${ahead}`)
    await asOwner(
      `create table security_events_2001_01 partition of security_events for values from ('2001-01-01Z') to ('2001-02-01Z')`,
    )
    await asOwner(
      `insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
       values (gen_random_uuid(), '2001-01-01Z', gen_random_uuid(), '::1', '')`,
    )
    const { db, config } = service.service.services
    const log = keepLog()
    const helpers = { job: { attempts: 1, max_attempts: 25 }, abortSignal: new AbortController().signal }
    await createCleanUp({ db, config, log: log.log })({}, helpers)
    assert.deepEqual(log.lines.at(-1)?.['removed'], { 'login logs': 1, 'partitions of security_events': 1 })
    assert.deepEqual(await partitions(), before)
  })

  it('runs the commands createsuperuser, users list and keys rotate', async () => {
    const root = { DJANGO_SUPERUSER_EMAIL: 'root@example.com', DJANGO_SUPERUSER_PASSWORD: password }
    const settings = { SECRET_KEY: secretKey, ...root }
    const run = (...args: string[]) => database.run(database.roleUrl, args, settings)
    assert.match(await run('createsuperuser', '--noinput'), /^root@example\.com is a superuser now/)
    assert.match(await run('users', 'list'), /root@example\.com/)
    const [, kid] = /^The new key (\S+) signs at once/.exec(await run('keys', 'rotate', '--now')) ?? []
    for (const until = Date.now() + 5000; ;) {
      const { access } = await service.signIn('root@example.com')
      const header = JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }
      if (header.kid === kid) break
      assert.ok(Date.now() < until, 'the new key does not sign')
    }
  })

  it('runs the commands that retry mails, discard mails and unsuppress addresses', async () => {
    const run = (...args: string[]) => database.run(database.roleUrl, ['mail', ...args])
    const add = async (status: string) => {
      const text = `insert into mails (id, kind, address, status) values (gen_random_uuid(), 'restore', 'x@example.com', '${status}') returning id`
      const [row] = await query<{ id: string }>(database.roleUrl, text)
      return String(row?.id)
    }
    assert.match(await run('retry', await add('failed')), /is queued/)
    const other = await add('failed')
    assert.match(await run('show', other), /failed/)
    assert.match(await run('discard', other), /will not be sent/)
    assert.match(await run('list', '--status', 'dropped'), /discarded by an operator/)
    const suppress = `insert into suppressed_addresses (address, source, reason, diagnostic) values ('x@example.com', 'dsn', '5.1.1', '')`
    await query(database.roleUrl, suppress)
    assert.match(await run('suppressed'), /x@example\.com/)
    assert.match(await run('unsuppress', 'x@example.com'), /no longer suppressed/)
  })

  describe('a statement beyond the rights of the service’s role', () => {
    const denied: [what: string, statement: (names: OwnedDatabase) => string][] = [
      ['alter a table', () => 'alter table users add column spare text'],
      ['drop a table', () => 'drop table users'],
      ['drop a partition', () => 'drop table login_logs_default'],
      ['detach a partition', () => 'alter table login_logs detach partition login_logs_default'],
      ['truncate a table', () => 'truncate users'],
      ['create a table', () => 'create table public.spare (id integer)'],
      ['create a schema', () => 'create schema spare'],
      ['create a function', () => `create function public.spare() returns integer language sql as 'select 1'`],
      ['replace a function of the owner', () => 'alter function make_partitions(text, integer) reset all'],
      ['create an extension', () => 'create extension hstore'],
      ['drop an extension', () => 'drop extension pg_trgm'],
      ['create a database', () => 'create database spare'],
      ['create a role', () => 'create role spare'],
      ['make itself a superuser', ({ role }) => `alter role ${role} superuser`],
      ['become the owner', ({ owner }) => `set role ${owner}`],
      ['sign in as the owner', ({ owner }) => `set session authorization ${owner}`],
      ['become a member of the owner', ({ owner, role }) => `grant ${owner} to ${role}`],
      ['disable triggers', () => 'alter table users disable trigger all'],
      ['create a trigger', () => 'create trigger spare after insert on users execute function spare()'],
      ['index a table', () => 'create index on users (first_name)'],
      ['switch row level security off', () => 'alter table graphile_worker._private_jobs disable row level security'],
      ['write a policy', () => 'create policy spare on users'],
      ['record that a migration ran', () => `insert into migrations (number, name, checksum) values (99, '', '')`],
      ['change the record of a migration', () => `update migrations set checksum = ''`],
      ['delete the record of a migration', () => 'delete from migrations'],
      ['delete a record of graphile-worker’s migrations', () => 'delete from graphile_worker.migrations'],
      ['rewrite the login log', () => `update login_logs set user_agent = ''`],
      ['remove security events', () => 'delete from security_events'],
      ['change the type of an event', () => `update security_events set type = 'new_device'`],
      ['shorten the retention', () => `update shortest_retention set kept_for = '0'`],
      ['delete the shortest retention', () => 'delete from shortest_retention'],
      ['write to a partition directly', () => 'insert into login_logs_default select * from login_logs'],
      ['act as the owner by an older function', () => 'select make_login_log_partitions(1)'],
      ['read the server’s files', () => `select pg_read_file('postgresql.conf')`],
      ['write files', () => `copy users to '/tmp/users'`],
      ['run programs', () => `copy users to program 'cat'`],
      ['change the server’s settings', () => `alter system set fsync = off`],
    ]
    for (const [what, statement] of denied) {
      it(`is refused: ${what}`, async () => {
        await assert.rejects(asRole(statement(database)), (error: Error & { code?: string }) => {
          assert.equal(error.code, '42501', error.message)
          return true
        })
      })
    }

    it('does not grant the role’s rights to others', async () => {
      const rights = () => asOwner('select oid, relacl::text from pg_class order by oid')
      const before = await rights()
      await asRole('grant select, insert on users to public') // PostgreSQL warns, and grants nothing
      assert.deepEqual(await rights(), before)
    })

    it('cannot misuse the owner’s functions by a temporary table of the same name', async () => {
      const client = new pg.Client({ connectionString: database.roleUrl })
      await client.connect()
      try {
        const [latest] = await asOwner<{ name: string }>(
          `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'login_logs'::regclass order by 1 desc offset 1 limit 1`,
        )
        await asOwner(`drop table ${latest?.name}`)
        await client.query(`
          create temporary table login_logs_default (like public.login_logs_default including all);
          create function pg_temp.strike() returns trigger language plpgsql as
            'begin create table public.taken (); return old; end';
          create trigger strike before delete on pg_temp.login_logs_default for each row execute function pg_temp.strike();
          insert into pg_temp.login_logs_default
            select gen_random_uuid(), now() + months * interval '1 month', gen_random_uuid(), '::1', '' from generate_series(0, 4) months;
          grant all on pg_temp.login_logs_default to public;
          select make_partitions('login_logs', 3)`)
      } finally {
        await client.end()
      }
      assert.deepEqual(await asOwner(`select to_regclass('public.taken') as taken`), [{ taken: null }])
    })
  })

  it('has only the rights that the statements in sql/queries/ need', async () => {
    const folder = join(import.meta.dirname, '..', '..', 'sql', 'queries')
    const needed = new Set<string>()
    for (const file of await readdir(folder)) {
      const statements = (await readFile(join(folder, file), 'utf8')).replace(/^--.*$/gm, '').split(';')
      for (const statement of statements) {
        const note = (right: string, pattern: RegExp) => {
          for (const [, table] of statement.matchAll(pattern)) needed.add(`${table} ${right}`)
        }
        note('SELECT', /\b(?:from|join) (\w+)/g)
        note('INSERT', /\binsert into (\w+)/g)
        note('DELETE', /\bdelete from (\w+)/g)
        note('UPDATE', /(?<!for |do )\bupdate (\w+)/g)
        if (/for (no key )?update/.test(statement)) note('UPDATE', /\bfrom (\w+)/g)
      }
    }
    const granted = await asOwner<{ right: string }>(
      `select distinct format('%s %s', relname, privilege_type) as right
       from (
         select relname, acl.* from pg_class, aclexplode(relacl) acl where relnamespace = 'public'::regnamespace
         union all
         select relname, acl.* from pg_attribute join pg_class on pg_class.oid = attrelid, aclexplode(attacl) acl
         where relnamespace = 'public'::regnamespace
       ) as rights
       where grantee in (0, '${database.role}'::regrole) and relname <> 'rate_limits' order by 1`,
    )
    const more = granted.map(({ right }) => right).filter((right) => !needed.has(right))
    assert.ok(granted.length > 30)
    assert.deepEqual(more, [])
  })
})
