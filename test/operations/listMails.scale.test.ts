import assert from 'node:assert/strict'
import { countMails, countMailsTo, listMails, listMailsTo } from '../../generated/queries.ts'
import { mailStatuses as statuses } from '../../src/domain/mails/mailList.ts'
import { TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'
import { explain, latest, oldest, planModes, type Query } from './support/plans.ts'

const address = 'ann@example.com'
const middle = { cursorTimestamp: new Date(Date.now() - 3 * 86_400_000).toISOString(), cursorId: latest.cursorId }

describe('listMails with 100,000 mails', function () {
  this.timeout(60_000)
  let service: TestService

  before(async () => {
    service = await TestService.start()
    // 98,900 mails were sent and 1,000 dropped. 100 have failed, all of them among the oldest.
    await service.sql(
      `insert into mails (id, kind, address, status, created_at)
       select gen_random_uuid(), 'restore', case when number % 1000 = 0 then $1 else number || '@example.com' end,
         case when number > 99900 then 'failed' when number % 100 = 1 then 'dropped' else 'sent' end,
         now() - number * interval '10 seconds'
       from generate_series(1, 100000) number`,
      [address],
    )
    await service.sql('vacuum analyze mails')
  })
  after(() => service.stop())

  const [failed, sent, queued] = [['failed'], ['sent'], ['queued']]
  const [page, cap] = [{ limit: 21 }, 10_001]
  const statements: [title: string, rows: number, statement: Query][] = [
    ['the first page', 3 * 101, listMails.descending({ ...page, ...latest, statuses })],
    ['a later page', 3 * 101, listMails.descending({ ...page, ...middle, statuses })],
    ['the oldest mails', 3 * 101, listMails.ascending({ ...page, ...oldest, statuses })],
    ['the first page of failed mails', 101, listMails.descending({ ...page, ...latest, statuses: failed })],
    ['a later page of sent mails', 101, listMails.descending({ ...page, ...middle, statuses: sent })],
    ['a status that no mail has', 0, listMails.descending({ ...page, ...latest, statuses: queued })],
    ['the mails to an address', 101, listMailsTo.descending({ ...page, ...latest, address, statuses })],
    ['the failed mails to an address', 101, listMailsTo.descending({ ...page, ...latest, address, statuses: failed })],
    ['the number of mails', 3 * cap, countMails({ statuses, cap })],
    ['the number of failed mails', 101, countMails({ statuses: failed, cap })],
    ['the number of mails to an address', 101, countMailsTo({ address, statuses, cap })],
  ]
  for (const mode of planModes)
    for (const [title, rows, statement] of statements)
      it(`reads ${title} by an index, and few other mails (${mode})`, async () => {
        const nodes = await explain(service, mode, statement)
        const scans = nodes.filter((node) => node['Relation Name'] === 'mails')
        const read = scans.reduce(
          (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
          0,
        )
        // PostgreSQL rounds the rows of a loop before version 18.
        const rounding = scans.reduce((sum, node) => sum + node['Actual Loops'] / 2, 0)
        assert.ok(read <= rows + rounding, `${read} mails were read: ${nodes.map((node) => node['Node Type']).join()}`)
      })

  it('counts up to 10,000 mails, and marks a higher count as capped', async () => {
    const { access: token } = await addUser(service, { superuser: true })
    for (const [query, count, capped] of [
      [{}, 10_000, true],
      [{ status: 'sent' }, 10_000, true],
      [{ status: 'failed' }, 100, undefined],
      [{ email: address }, 100, undefined],
    ] as const) {
      const { body } = await service.call('listMails', { token, query })
      assert.deepEqual([body['count'], body['count_capped']], [count, capped])
    }
  })
})
