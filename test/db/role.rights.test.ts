import assert from 'node:assert/strict'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { StartError } from '../../src/problems.ts'
import { query } from '../support/database.ts'
import { TestService } from '../support/service.ts'
import { createOwnedDatabase, type OwnedDatabase } from './support/ownedDatabase.ts'

const refusal = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StartError, String(error))
  assert.match(error.message, words)
  return true
}

describe('gatehouse migrate --grant-to (security 83)', function () {
  this.timeout(60_000)
  let database: OwnedDatabase
  before(async () => {
    database = await createOwnedDatabase()
  })
  after(() => database.drop())

  const asOwner = (text: string) => query<{ value: string }>(database.ownerUrl, text)
  const asSuperuser = (text: string) => {
    const { pathname } = new URL(database.ownerUrl)
    return query(Object.assign(new URL(process.env['TEST_DATABASE_URL'] ?? ''), { pathname }).href, text)
  }
  const grant = (grantTo?: string) => migrate(database.ownerUrl, { grantTo })
  /** Returns the rights of the tests' roles, and all policies of row level security. */
  const rights = () =>
    asOwner(`select format('%s %s', oid::regclass, relacl) as value from pg_class where relacl::text like '%test_%'
      union all select format('%s %s %s', proname, proacl, proconfig) from pg_proc where pronamespace = 'public'::regnamespace
      union all select format('%s %s', polrelid::regclass, polname) from pg_policy order by 1`)

  it('refuses the owner, its members, unknown roles and roles that can create tables', async () => {
    const { owner, role, roleUrl } = database
    await assert.rejects(migrate(roleUrl), refusal(/may not create tables in its schema: .* --grant-to/))
    await migrate(database.ownerUrl)
    await assert.rejects(grant(owner), refusal(new RegExp(`The role ${owner} is the owner`)))
    await assert.rejects(grant('nobody_at_all'), refusal(/There is no role nobody_at_all: create it first/))
    await asSuperuser(`grant ${owner} to ${role}`)
    await assert.rejects(
      grant(role),
      refusal(new RegExp(`The role ${role} is the owner of the tables, or may become it`)),
    )
    await asSuperuser(`revoke ${owner} from ${role}`)
    await asOwner('grant create on schema public to public')
    await assert.rejects(grant(role), refusal(/may create tables: revoke create on schema public/))
    await asOwner('revoke create on schema public from public')
  })

  it('grants rights on later tables to each granted role, but not to a revoked one', async () => {
    const { role, ownerUrl, roleUrl } = database
    await grant(role)
    const granted = await rights()
    assert.ok(granted.length > 20)
    for (const again of [role, undefined]) {
      await grant(again)
      assert.deepEqual(await rights(), granted)
    }
    // An upgrade of graphile-worker may create a table like this one.
    await asOwner('create table graphile_worker._private_more (id integer)')
    await asOwner('alter table graphile_worker._private_more enable row level security')
    await asOwner('insert into graphile_worker._private_more values (1)')
    await assert.rejects(query(roleUrl, 'select id from graphile_worker._private_more'), { code: '42501' })
    await migrate(ownerUrl)
    assert.deepEqual(await query(roleUrl, 'select id from graphile_worker._private_more'), [{ id: 1 }])
    await asOwner('drop table graphile_worker._private_more')

    await asSuperuser(`drop owned by ${role}`)
    await migrate(ownerUrl)
    await assert.rejects(query(roleUrl, 'select number from migrations'), { code: '42501' })
  })

  it('refuses to run as the granted role, naming the pending migration and the owner', async () => {
    const { owner, role, roleUrl, ownerUrl } = database
    await grant(role)
    assert.deepEqual(await migrate(roleUrl), [])
    await assert.rejects(migrate(roleUrl, { grantTo: role }), refusal(new RegExp(`belong to ${owner}: only that user`)))
    const later = { number: 99, name: '0099_later.sql', text: 'select 1', checksum: 'its' }
    const migrations = [...(await readMigrations()), later]
    await assert.rejects(
      migrate(roleUrl, { migrations }),
      refusal(
        new RegExp(`^The database lacks 0099_later\\.sql: run gatehouse migrate as ${owner}, who owns its tables`),
      ),
    )
    await migrate(ownerUrl, { migrations })
    assert.deepEqual(await migrate(roleUrl, { migrations }), [])
    assert.deepEqual(await migrate(roleUrl), [])
  })

  it('is suggested at start if rights on tables of the service or worker are missing', async () => {
    const { role, roleUrl } = database
    const sentence =
      /refuses this user a right \(.*\): run gatehouse migrate as the owner of its tables, with --grant-to/
    const start = async () => {
      const service = await TestService.start({ DATABASE_URL: roleUrl }, { waits: true })
      try {
        await service.service.ready
      } finally {
        await service.stop()
      }
    }
    await grant(role)
    await start()
    await asOwner('delete from graphile_worker.migrations where id = (select max(id) from graphile_worker.migrations)')
    await assert.rejects(start, refusal(sentence))
    await asOwner(`revoke select on migrations from ${role}`)
    await assert.rejects(start, refusal(sentence))
  })
})
