import assert from 'node:assert/strict'
import { migrate } from '../../src/db/migrate.ts'
import { query } from '../support/database.ts'
import { createOwnedDatabase, type OwnedDatabase } from './support/ownedDatabase.ts'

const tables = ['login_logs', 'security_events'] as const
const day = 86_400_000

describe('the service’s database role (security 99)', function () {
  this.timeout(60_000)
  let database: OwnedDatabase
  before(async () => {
    database = await createOwnedDatabase()
    await migrate(database.ownerUrl, { grantTo: database.role })
  })
  after(() => database.drop())
  afterEach(() => asOwner(`update shortest_retention set kept_for = '30 days'`))

  const asOwner = (text: string) => query<{ name: string }>(database.ownerUrl, text)
  const asRole = (text: string) => query<{ name: string | null }>(database.roleUrl, text)
  const monthsOf = async (parent: string) =>
    (
      await asOwner(`select inhrelid::regclass::text as name from pg_inherits where inhparent = '${parent}'::regclass`)
    ).map(({ name }) => name)

  /** Creates the partition for the month of the day `daysAgo` days ago. @returns its name */
  const makeMonth = async (parent: string, daysAgo: number) => {
    const moment = new Date(Date.now() - daysAgo * day)
    const start = (months: number) =>
      new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months)).toISOString()
    const name = `${parent}_${start(0).slice(0, 7).replace('-', '_')}`
    await asOwner(
      `create table if not exists ${name} partition of ${parent} for values from ('${start(0)}') to ('${start(1)}')`,
    )
    return name
  }
  /** Drops the oldest partition until the function drops none. @returns the names of the dropped partitions */
  const dropAll = async (parent: string, before: string) => {
    const dropped: string[] = []
    for (;;) {
      const [row] = await asRole(`select drop_oldest_partition('${parent}', ${before}) as name`)
      if (row?.name == null) return dropped
      dropped.push(row.name)
    }
  }

  for (const parent of tables) {
    it(`cannot drop a partition of ${parent} that ended less than 30 days ago`, async () => {
      const [old, recent] = [await makeMonth(parent, 92), await makeMonth(parent, 28)]
      const before = await monthsOf(parent)
      for (const moment of [`'infinity'`, `now() + interval '1 year'`, 'now()', 'null'])
        assert.deepEqual(await dropAll(parent, moment), moment === `'infinity'` ? [old] : [], moment)
      const after = await monthsOf(parent)
      assert.ok(after.includes(recent))
      assert.deepEqual(after.sort(), before.filter((name) => name !== old).sort())
    })

    it(`cannot drop partitions of ${parent} before the owner’s shortest_retention has passed`, async () => {
      const old = await makeMonth(parent, 200)
      await asOwner(`update shortest_retention set kept_for = '1 year'`)
      assert.deepEqual(await dropAll(parent, `'infinity'`), [])
      await asOwner(`update shortest_retention set kept_for = '90 days'`)
      assert.deepEqual(await dropAll(parent, `'infinity'`), [old])
    })

    it(`can create partitions of ${parent} for at most a year ahead`, async () => {
      const months = async () => (await monthsOf(parent)).filter((name) => /_\d{4}_\d\d$/.test(name)).sort()
      await asRole(`select make_partitions('${parent}', 120)`)
      const made = await months()
      assert.ok(made.length >= 13 && made.length <= 14, made.join()) // an earlier test may have created one more
      for (const ahead of [2_147_483_647, -1, 'null']) await asRole(`select make_partitions('${parent}', ${ahead})`)
      assert.deepEqual(await months(), made)
    })
  }

  it('cannot drop login_logs within 30 days if shortest_retention is empty', async () => {
    await asOwner('delete from shortest_retention')
    assert.deepEqual(await dropAll('login_logs', `'infinity'`), [])
    await asOwner(`insert into shortest_retention (kept_for) values ('30 days')`)
  })

  it('is limited by shortest_retention, which refuses a second row or a negative value', async () => {
    await assert.rejects(asOwner(`insert into shortest_retention (kept_for) values ('1 day')`), { code: '23505' })
    await assert.rejects(asOwner(`update shortest_retention set kept_for = '-1 day'`), { code: '23514' })
  })
})
