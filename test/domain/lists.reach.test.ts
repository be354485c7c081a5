import assert from 'node:assert/strict'
import * as queries from '../../generated/queries.ts'
import { explain, planModes } from '../operations/support/plans.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

type Page = {
  count: number
  count_capped?: boolean
  next: string | null
  previous: string | null
  results: { timestamp: string }[]
}

// The service applies a filter to at most this many records for a page, and for a count.
const reach = 100_000

describe('a list of 200,010 records with a filter (security 95)', function () {
  this.timeout(120_000)
  let service: TestService
  let user: Person
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    user = await addUser(service)
    superuser = await addUser(service, { superuser: true })
    for (const [table, column, type] of [
      ['login_logs', '', ''],
      ['security_events', ', type', `, case when number > 200000 then 'new_device' else 'sign_in_failed' end`],
    ] as const) {
      // The ten oldest records and one in the middle are rare.
      await service.sql(
        `insert into ${table} (user_id, id, timestamp, ip_address, user_agent${column})
         select $1, gen_random_uuid(), now() - number * interval '1 second', '203.0.113.7',
           case when number > 200000 or number = 150000 then 'rare' else 'bulk' end${type}
         from generate_series(1, 200010) number`,
        [user.id],
      )
      await service.sql(`analyze ${table}`)
    }
  })
  after(() => service.stop())

  const read = async (url: string, { access }: Person) => {
    const { pathname, search } = new URL(url, service.url)
    const { status, body } = await service.fetch(`${pathname}${search}`, {
      headers: { Authorization: `Bearer ${access}` },
    })
    assert.equal(status, 200, JSON.stringify(body))
    return body as Page
  }
  const walk = async (path: string, person: Person, to: 'next' | 'previous' = 'next') => {
    const pages = [await read(path, person)]
    for (let url = pages[0]?.[to]; url; url = pages.at(-1)?.[to]) pages.push(await read(url, person))
    return pages
  }
  const sizesOf = (pages: Page[]) => pages.map(({ results }) => results.length)

  for (const [title, path, query] of [
    ['sign-ins by a rare User-Agent', '/api/v1/logs/login/', 'user_agent=rare'],
    ['events by a rare User-Agent', '/api/v1/logs/security/', 'user_agent=rare'],
    ['events by a type and a rare User-Agent', '/api/v1/logs/security/', 'type=sign_in_failed&user_agent=rare'],
  ] as const) {
    const rare = query.startsWith('type') ? 1 : 11

    for (const whose of ['user', 'superuser'] as const) {
      const person = () => (whose === 'user' ? user : superuser)

      it(`returns all pages of ${title}, forward and backward, to a ${whose}`, async () => {
        const pages = await walk(`${path}?${query}`, person())
        assert.deepEqual(sizesOf(pages).slice(0, 2), [0, 1])
        assert.ok(pages.length <= 4, String(pages.length))
        assert.equal(pages.flatMap(({ results }) => results).length, rare)
        for (const { count, count_capped } of pages) assert.deepEqual([count, count_capped], [0, true])
        const last = pages.at(-1)
        const back = await walk(String(last?.previous), person(), 'previous')
        const found = (of: Page[]) => new Set(of.flatMap(({ results }) => results.map(({ timestamp }) => timestamp)))
        assert.deepEqual(found([...back, ...pages.slice(-1)]), found(pages))
        assert.equal(back.at(-1)?.previous, null)
      })
    }
  }

  it('searches the first 100,000 records for a page, the latest 100,000 for the count', async () => {
    const pages = await walk('/api/v1/logs/login/?user_agent=rare&ordering=timestamp', user)
    assert.deepEqual(sizesOf(pages).slice(0, 2), [11, 0])
    const from = new Date(Date.now() - (reach - 1000) * 1000).toISOString()
    const recent = await read(`/api/v1/logs/login/?user_agent=rare&timestamp_after=${from}`, user)
    assert.deepEqual([recent.count, recent.count_capped, recent.next], [0, undefined, null])
    const bulk = await read('/api/v1/logs/login/?user_agent=bulk', user)
    assert.deepEqual([bulk.count, bulk.count_capped, bulk.results.length], [10_000, true, 20])
  })

  it('finds events of a rare type beyond the first 100,000 records, by an index', async () => {
    const page = await read('/api/v1/logs/security/?type=new_device', superuser)
    assert.deepEqual([page.count, page.count_capped, page.next, page.results.length], [10, undefined, null, 10])
  })

  for (const mode of planModes) {
    it(`reads only the blocks of a page far from the first (${mode})`, async () => {
      const cursor = { cursorTimestamp: new Date(Date.now() - reach * 1000).toISOString(), cursorId: user.id }
      const page = {
        after: '-infinity',
        before: 'infinity',
        ipAddress: null,
        userAgent: '',
        reach,
        limit: 21,
        ...cursor,
      }
      const own = { ...page, userId: user.id, seesActors: true }
      for (const [title, pair] of Object.entries({
        'the login log': [queries.listLoginLogs.descending(page), queries.listLoginLogs.ascending(page)],
        'the own login log': [queries.listLoginLogsOfUser.descending(own), queries.listLoginLogsOfUser.ascending(own)],
        'all events': [queries.listSecurityEvents.descending(page), queries.listSecurityEvents.ascending(page)],
        'own events': [
          queries.listSecurityEventsOfUser.descending({ ...own, type: null }),
          queries.listSecurityEventsOfUser.ascending({ ...own, type: null }),
        ],
        'events of a type': [
          queries.listSecurityEventsOfType.descending({ ...page, type: 'sign_in_failed' }),
          queries.listSecurityEventsOfType.ascending({ ...page, type: 'sign_in_failed' }),
        ],
      })) {
        for (const query of pair) {
          const [root] = await explain(service, mode, query)
          const blocks = (root?.['Shared Hit Blocks'] ?? NaN) + (root?.['Shared Read Blocks'] ?? NaN)
          assert.equal(root?.['Actual Rows'], 21, title)
          assert.ok(blocks <= 150, `${blocks} blocks of ${title} were read`)
        }
      }
    })
  }
})
