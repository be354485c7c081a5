import assert from 'node:assert/strict'
import { TestService } from '../../support/service.ts'
import { noteStatements } from '../../support/statements.ts'
import { addUser, type Person } from '../../support/users.ts'
import { ListReader } from './listReader.ts'
import { assertReadsOnlyThePage, planModes, type Query as Statement } from './plans.ts'
import type { RecordList } from './records.ts'

/** A service with 10,000 records of a user (type `sign_in_failed`) and 500 of a superuser (type `new_device`). */
export type ManyRecords = { service: TestService; user: Person; superuser: Person }

/** A query of the superuser with its count before and after the user gets one record more. */
type CountCase = { query: Record<string, string>; before: Counted; after: Counted }
type Counted = { count: number; capped: true | undefined }
type Plan = [title: string, statement: (records: ManyRecords) => Statement]

/** Describes the counts and query plans of listLoginLogs or listSecurityEvents. */
export function describeScale(list: RecordList, plans: Plan[], counts: CountCase[] = []): void {
  describe(`${list} with 10,500 records`, () => {
    const records = {} as ManyRecords
    const [table, columns, values] =
      list === 'listLoginLogs' ? ['login_logs', '', ''] : ['security_events', ', type', ', $3']

    before(async () => {
      const service = await TestService.start()
      const [user, superuser] = [await addUser(service), await addUser(service, { superuser: true })]
      Object.assign(records, { service, user, superuser })
      await insert(user, 10_000, 'sign_in_failed')
      await insert(superuser, 500, 'new_device')
      await service.sql(`analyze ${table}`)
    })
    after(() => records.service.stop())

    /** Inserts records from several months up to now. Some are in a month's partition, others in the default one. */
    const insert = ({ id }: Person, count: number, type: string) =>
      records.service.sql(
        `insert into ${table} (user_id, timestamp, id, ip_address, user_agent${columns})
         select $1, now() - number * interval '13 minutes', gen_random_uuid(), '203.0.113.7', 'bulk'${values}
         from generate_series(0, $2 - 1) number`,
        [id, count, ...(columns === '' ? [] : [type])],
      )
    const countOf = async (person: Person, query: Record<string, string> = {}) => {
      const { count, count_capped } = await new ListReader(records.service, list, person).read(query)
      return { count, capped: count_capped }
    }

    it('counts 10,000 records exactly, and marks a higher count as capped', async () => {
      const { user, superuser } = records
      assert.deepEqual(await countOf(user), { count: 10_000, capped: undefined })
      assert.deepEqual(await countOf(superuser), { count: 10_000, capped: true })
      assert.deepEqual(await countOf(superuser, { user: superuser.id }), { count: 500, capped: undefined })
      for (const { query, before } of counts) assert.deepEqual(await countOf(superuser, query), before)
      await insert(user, 1, 'sign_in_failed')
      assert.deepEqual(await countOf(user), { count: 10_000, capped: true })
      for (const { query, after } of counts) assert.deepEqual(await countOf(superuser, query), after)
      assert.deepEqual(await countOf(user, { user_agent: 'unknown' }), { count: 0, capped: undefined })
    })

    it('runs three statements for a page: for the caller, the page and the count', async () => {
      const statements = noteStatements(records.service)
      await countOf(records.user)
      assert.equal(statements.length, 3)
    })

    for (const mode of planModes) {
      describe(`query plans that use an index and no sort (${mode})`, () => {
        for (const [title, statement] of plans) {
          it(`read only the rows of the page: ${title}`, async () => {
            await assertReadsOnlyThePage(records.service, mode, statement(records))
          })
        }
      })
    }
  })
}
