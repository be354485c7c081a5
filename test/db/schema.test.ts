import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createTestDatabase, query } from '../support/database.ts'

/** Returns the name and start of the partition for a month, counted from the present one, in UTC. */
function partitionOf(months: number): { name: string; start: string } {
  const now = new Date()
  const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months))
  return { name: `login_logs_${start.toISOString().slice(0, 7).replace('-', '_')}`, start: start.toISOString() }
}

describe('the schema', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())

  const sql = <Row extends object>(text: string, values: unknown[] = []) =>
    query<Row & Record<string, unknown>>(database.url, text, values)

  describe('partitions of the login log', () => {
    const log = (timestamp: string) =>
      sql<{ tableoid: string }>(
        `insert into login_logs (user_id, timestamp, id, ip_address, user_agent) values ($1, $2, $1, '127.0.0.1', '')
        returning tableoid::regclass::text`,
        [randomUUID(), timestamp],
      )
    const partitions = async () => {
      const rows = await sql<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'login_logs'::regclass order by 1`,
      )
      return rows.map(({ name }) => name)
    }

    it('are created for this month and three more', async () => {
      assert.deepEqual(
        await partitions(),
        [...[0, 1, 2, 3].map((months) => partitionOf(months).name), 'login_logs_default'].sort(),
      )
    })

    it('contain the rows of a whole month, to the last millisecond', async () => {
      assert.deepEqual(await log(new Date().toISOString()), [{ tableoid: partitionOf(0).name }])
      assert.deepEqual(await log(partitionOf(1).start), [{ tableoid: partitionOf(1).name }])
      const last = new Date(Date.parse(partitionOf(1).start) - 1).toISOString()
      assert.deepEqual(await log(last), [{ tableoid: partitionOf(0).name }])
    })

    it('may be missing: the default partition gets the rows of such a month', async () => {
      for (const moment of ['1999-12-31T23:59:59Z', '2999-01-01T00:00:00Z', partitionOf(6).start]) {
        assert.deepEqual(await log(moment), [{ tableoid: 'login_logs_default' }])
      }
    })

    it('receive the rows of their month from the default partition when created', async () => {
      const count = (table: string) => sql(`select count(*)::integer as rows from ${table}`)
      const [before] = await count('login_logs')
      await sql('select make_login_log_partitions(6)')
      await sql('select make_login_log_partitions(6)')
      assert.deepEqual(await count(partitionOf(6).name), [{ rows: 1 }])
      assert.deepEqual(await count('login_logs_default'), [{ rows: 2 }])
      assert.deepEqual(await count('login_logs'), [before])
      assert.equal((await partitions()).length, 8)
    })
  })

  describe('the constraints of the tables (security 69, 82)', () => {
    const id = randomUUID()
    const address = 'ada@example.com'
    before(async () => {
      await sql('insert into users (id, email) values ($1, $2)', [id, address])
      await sql('insert into emails (address, user_id) values ($2, $1)', [id, address])
      await sql(`insert into emails (address, user_id) values ('bob@example.com', gen_random_uuid())`)
      await sql('insert into users (id, email, language) values ($1, $2, $3)', [randomUUID(), 'я@пример.рф', 'ru'])
      await sql(`insert into devices (user_id, network, device) values ($1, '192.0.2.0/24', '')`, [id])
      await sql(
        `insert into codes (user_id, hash, purpose, mail_id, expires_at) values ($1, sha256(''), 'restore', $1, now())`,
        [id],
      )
      await sql(
        `insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent) values ($1, $1, now(), now(), '::1', '')`,
        [id],
      )
      await sql(`insert into signing_keys (kid, private_key, secret_id) values ('kid', '', '')`)
    })

    const check = '23514'
    const unique = '23505'
    const missing = '23502'
    const registration =
      'insert into registrations (user_id, address, email, first_name, last_name, language, password_hash, ip_address, user_agent)'
    const session = 'insert into sessions (user_id, id, idle_until, absolute_until, ip_address, user_agent)'
    const held = 'insert into emails (address, user_id, kind, held_until)'
    const change = 'insert into email_changes (user_id, id, address, email, old_address, old_email)'
    const event = 'insert into security_events (user_id, id, type, user_agent)'
    const code = 'insert into codes (user_id, hash, purpose, mail_id, expires_at)'
    const device = 'insert into devices (user_id, network, device)'
    const random = 'gen_random_uuid()'
    const long = (text: string) => text.repeat(255)
    const refused: [title: string, state: string, statement: string, value: unknown][] = [
      [
        'an email address taken twice',
        unique,
        'insert into emails (address, user_id) values ($1, gen_random_uuid())',
        address,
      ],
      [
        'an email address taken in another case',
        check,
        'insert into emails (address, user_id) values ($1, gen_random_uuid())',
        'ADA@example.com',
      ],
      [
        'an email address with a capital in the domain',
        check,
        'insert into emails (address, user_id) values ($1, gen_random_uuid())',
        'ada@Example.com',
      ],
      [
        'an update to an email address with capitals',
        check,
        `update emails set address = upper(address) where address = $1`,
        address,
      ],
      ['an empty email address', check, 'insert into emails (address, user_id) values ($1, gen_random_uuid())', ''],
      [
        'an email address of 255 characters',
        check,
        'insert into emails (address, user_id) values ($1, gen_random_uuid())',
        'a'.repeat(255),
      ],
      ['an email address without a user', missing, 'insert into emails (address) values ($1)', 'eve@example.com'],
      [
        'an email address of an unknown kind',
        check,
        `${held} values ('eve@example.com', ${random}, $1, null)`,
        'shared',
      ],
      [
        'a held address without an expiry time',
        check,
        `${held} values ('eve@example.com', ${random}, 'held', $1)`,
        null,
      ],
      [
        'a current address with an end',
        check,
        `${held} values ('eve@example.com', ${random}, 'current', $1)`,
        '2026-01-01Z',
      ],
      [
        'a current address that becomes held without an end',
        check,
        `update emails set kind = 'held' where address = $1`,
        address,
      ],
      ['a held address taken by a second', unique, `${held} values ($1, ${random}, 'held', now())`, address],
      [
        'an update that gives an email address a second user',
        unique,
        `update emails set address = $1 where address = 'bob@example.com'`,
        address,
      ],
      ['an email of two characters', check, `update users set email = $1`, 'a@'],
      ['a search text of 701 characters', check, `update users set search_text = $1`, 'a'.repeat(701)],
      ['a user’s id taken twice', unique, `insert into users (id, email) values ($1, 'eve@example.com')`, id],
      [
        'a user’s email of 255 characters',
        check,
        'insert into users (id, email) values (gen_random_uuid(), $1)',
        'a'.repeat(255),
      ],
      ['a first name of 151 characters', check, `update users set first_name = $1`, 'a'.repeat(151)],
      ['a last name of 151 characters', check, `update users set last_name = $1`, 'ё'.repeat(151)],
      ['a user in an unknown language', check, `update users set language = $1`, 'de'],
      ['a user without an email address', missing, `update users set email = $1`, null],
      ['a huge password hash', check, `update users set password_hash = $1`, Buffer.alloc(513)],
      [
        'a registration by a case variant',
        check,
        `${registration} values (gen_random_uuid(), $1, 'a@b.c', '', '', 'en', '', '::1', '')`,
        'A@b.cd',
      ],
      [
        'a registration without a password',
        missing,
        `${registration} values (gen_random_uuid(), 'a@b.c', 'a@b.c', '', '', 'en', $1, '::1', '')`,
        null,
      ],
      [
        'a registration without an IP address',
        '22P02',
        `${registration} values (gen_random_uuid(), 'a@b.c', 'a@b.c', '', '', 'en', '', $1, '')`,
        'nowhere',
      ],
      [
        'a registration’s address of 255 characters',
        check,
        `${registration} values (${random}, $1, 'a@b.c', '', '', 'en', '', '::1', '')`,
        long('a'),
      ],
      [
        'a registration’s email of 255 characters',
        check,
        `${registration} values (${random}, 'a@b.c', $1, '', '', 'en', '', '::1', '')`,
        long('a'),
      ],
      [
        'a registration’s first name of 151 characters',
        check,
        `${registration} values (${random}, 'a@b.c', 'a@b.c', $1, '', 'en', '', '::1', '')`,
        'a'.repeat(151),
      ],
      [
        'a registration’s last name of 151 characters',
        check,
        `${registration} values (${random}, 'a@b.c', 'a@b.c', '', $1, 'en', '', '::1', '')`,
        'a'.repeat(151),
      ],
      [
        'a registration in an unknown language',
        check,
        `${registration} values (${random}, 'a@b.c', 'a@b.c', '', '', $1, '', '::1', '')`,
        'de',
      ],
      [
        'a registration’s huge password hash',
        check,
        `${registration} values (${random}, 'a@b.c', 'a@b.c', '', '', 'en', $1, '::1', '')`,
        Buffer.alloc(513),
      ],
      [
        'a registration’s User-Agent of 513 characters',
        check,
        `${registration} values (${random}, 'a@b.c', 'a@b.c', '', '', 'en', '', '::1', $1)`,
        'a'.repeat(513),
      ],
      [
        'a mail to 255 characters',
        check,
        `insert into mails (id, kind, address) values (${random}, 'restore', $1)`,
        long('a'),
      ],
      [
        'a mail with an error of 1,001 characters',
        check,
        `insert into mails (id, kind, address, last_error) values (${random}, 'restore', 'a@b.c', $1)`,
        'a'.repeat(1001),
      ],
      [
        'a mail of an unknown kind',
        check,
        `insert into mails (id, kind, address) values (gen_random_uuid(), $1, 'a@b.c')`,
        'spam',
      ],
      [
        'a mail in an unknown state',
        check,
        `insert into mails (id, kind, address, status) values (gen_random_uuid(), 'restore', 'a@b.c', $1)`,
        'lost',
      ],
      [
        'a code that is not hashed',
        check,
        `insert into codes (user_id, hash, purpose, mail_id, expires_at) values (gen_random_uuid(), $1, 'restore', gen_random_uuid(), now())`,
        Buffer.alloc(31),
      ],
      [
        'a code with an unknown purpose',
        check,
        `insert into codes (user_id, hash, purpose, mail_id, expires_at) values (gen_random_uuid(), sha256(''), $1, gen_random_uuid(), now())`,
        'any',
      ],
      ['a code that never expires', missing, `${code} values (${random}, sha256(''), 'restore', ${random}, $1)`, null],
      [
        'a code of a user that is stored twice',
        unique,
        `${code} values ($1, sha256(''), 'activate', ${random}, now())`,
        id,
      ],
      ['a session’s id taken twice', unique, `${session} values ($1, $1, now(), now(), '::1', '')`, id],
      [
        'a reason of 33 characters for the end of a session',
        check,
        `update sessions set ended_by = $1`,
        'a'.repeat(33),
      ],
      [
        'a reason of 33 characters for the end of all sessions',
        check,
        `update users set sessions_ended_by = $1`,
        'a'.repeat(33),
      ],
      ['a last User-Agent of 513 characters', check, `update sessions set last_user_agent = $1`, 'a'.repeat(513)],
      ['a rotation’s User-Agent of 513', check, `update sessions set rotated_user_agent = $1`, 'a'.repeat(513)],
      [
        'a session’s User-Agent of 513 characters',
        check,
        `${session} values (gen_random_uuid(), gen_random_uuid(), now(), now(), '::1', $1)`,
        'a'.repeat(513),
      ],
      [
        'a session without an end',
        missing,
        `${session} values (gen_random_uuid(), gen_random_uuid(), now(), $1, '::1', '')`,
        null,
      ],
      [
        'a login’s User-Agent of 513 characters',
        check,
        `insert into login_logs (user_id, id, ip_address, user_agent) values (gen_random_uuid(), gen_random_uuid(), '::1', $1)`,
        'a'.repeat(513),
      ],
      [
        'a login without an IP address',
        missing,
        `insert into login_logs (user_id, id, ip_address, user_agent) values (gen_random_uuid(), gen_random_uuid(), $1, '')`,
        null,
      ],
      [
        'a change to a case variant',
        check,
        `${change} values (${random}, ${random}, $1, 'a@b.c', null, null)`,
        'A@b.cd',
      ],
      [
        'a change to an address of 255 characters',
        check,
        `${change} values (${random}, ${random}, $1, 'a@b.c', null, null)`,
        long('a'),
      ],
      [
        'a change to an email of 255 characters',
        check,
        `${change} values (${random}, ${random}, 'a@b.c', $1, null, null)`,
        long('a'),
      ],
      [
        'a change from an address of 255 characters',
        check,
        `${change} values (${random}, ${random}, 'a@b.c', 'a@b.c', $1, 'a@b.c')`,
        long('a'),
      ],
      [
        'a change from an email of 255 characters',
        check,
        `${change} values (${random}, ${random}, 'a@b.c', 'a@b.c', 'a@b.c', $1)`,
        long('a'),
      ],
      ['a device of 513 characters', check, `${device} values (${random}, '::/64', $1)`, 'a'.repeat(513)],
      ['a device known twice', unique, `${device} values ($1, '192.0.2.0/24', '')`, id],
      [
        'a device with an IP address instead of a network',
        '22P02',
        `${device} values (${random}, $1::text::cidr, '')`,
        '192.0.2.1/24',
      ],
      ['an event of no type', check, `${event} values (${random}, ${random}, $1, '')`, ''],
      ['an event of a type that is prose', check, `${event} values (${random}, ${random}, $1, '')`, 'Signed in!'],
      ['an event of a type of 33 characters', check, `${event} values (${random}, ${random}, $1, '')`, 'a'.repeat(33)],
      [
        'an event’s User-Agent of 513 characters',
        check,
        `${event} values (${random}, ${random}, 'any', $1)`,
        'a'.repeat(513),
      ],
      ['an event without a user id', missing, `${event} values ($1, ${random}, 'any', '')`, null],
      [
        'a signing key’s id taken twice',
        unique,
        `insert into signing_keys (kid, private_key, secret_id) values ($1, '', '')`,
        'kid',
      ],
      [
        'a signing key without a key',
        missing,
        `insert into signing_keys (kid, private_key, secret_id) values ('other', $1, '')`,
        null,
      ],
    ]
    for (const [title, state, statement, value] of refused) {
      it(`refuse ${title}`, async () => {
        await assert.rejects(sql(statement, [value]), (error: Error & { code?: string }) => {
          assert.equal(error.code, state, error.message)
          return true
        })
      })
    }

    it('limit the length of all texts, except in columns that only the service writes', async () => {
      const uncapped = await sql<{ name: string }>(
        `select format('%I.%I', relname, attname) as name
         from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
           and a.attnum > 0 and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bytea'::regtype)
           and not exists (
             select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey)
           ) order by 1`,
      )
      const own = [
        'migrations.checksum',
        'migrations.name',
        'signing_keys.kid',
        'signing_keys.private_key',
        'signing_keys.secret_id',
      ]
      assert.deepEqual(
        uncapped.map(({ name }) => name).filter((name) => name !== 'rate_limits.key'),
        own,
      )
    })
  })
})
