import assert from 'node:assert/strict'
import { assertInvalid } from '../support/answers.ts'
import { TestService, type Answer } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

type Page = {
  count: number
  count_capped?: boolean
  next: string | null
  previous: string | null
  results: { id: string }[]
}

describe('listLoginLogs, by pages', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  /** So many records, `together` of each moment. */
  const add = (many: number, together = 1, agent = 'test') =>
    service.sql(
      `insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
       select $1, date_trunc('second', now()) - (number / $3) * interval '1 day', gen_random_uuid(), '203.0.113.7', $4
       from generate_series(1, $2::integer) number`,
      [user.id, many, together, agent],
    )
  const list = async (query: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const { status, body } = await service.call('listLoginLogs', { token: user.access, query, headers })
    assert.equal(status, 200, JSON.stringify(body))
    return body as Page
  }
  const follow = async (url: string | null | undefined) => {
    const reply = await fetch(url ?? '', { headers: { Authorization: `Bearer ${user.access}` } })
    assert.equal(reply.status, 200)
    return (await reply.json()) as Page
  }
  const idsOf = (pages: Page[]) => pages.flatMap(({ results }) => results.map(({ id }) => id))
  const inOrder = async (direction: 'asc' | 'desc') => {
    const rows = await service.sql<{ id: string }>(
      `select id from login_logs where user_id = $1 order by timestamp ${direction}, id ${direction}`,
      [user.id],
    )
    return rows.map(({ id }) => id)
  }

  for (const [ordering, direction] of [
    ['-timestamp', 'desc'],
    ['timestamp', 'asc'],
  ] as const) {
    it(`walks 25 records by ${ordering}, seven of each moment, there and back: each exactly once (security 72)`, async () => {
      await add(25, 7)
      const there = [await list({ ordering, page_size: '4' })]
      for (let next = there[0]?.next; next; next = there.at(-1)?.next) there.push(await follow(next))
      assert.deepEqual(
        there.map(({ results }) => results.length),
        [4, 4, 4, 4, 4, 4, 1],
      )
      assert.deepEqual(idsOf(there), await inOrder(direction))
      assert.ok(there.every(({ count }) => count === 25))
      const back = [await follow(there.at(-1)?.previous)]
      for (let previous = back[0]?.previous; previous; previous = back[0]?.previous)
        back.unshift(await follow(previous))
      assert.deepEqual(idsOf(back), (await inOrder(direction)).slice(0, 24))
      assert.deepEqual([there[0]?.previous, there.at(-1)?.next, back[0]?.previous], [null, null, null])
    })
  }

  it('keeps its place while records are added and deleted (security 72)', async () => {
    await add(12)
    const before = await inOrder('desc')
    const first = await list({ page_size: '4' })
    await service.sql(
      `insert into login_logs (user_id, timestamp, id, ip_address, user_agent) values ($1, now() + interval '1 hour', gen_random_uuid(), '::1', 'new')`,
      [user.id],
    )
    await service.sql('delete from login_logs where id = any($1)', [before.slice(2, 5)])
    const second = await follow(first.next)
    assert.deepEqual(idsOf([second]), before.slice(5, 9))
    assert.deepEqual(idsOf([await follow(second.next)]), before.slice(9))
  })

  it('holds 20 records unless told, 1 to 100 when told', async () => {
    await add(101)
    assert.equal((await list()).results.length, 20)
    assert.equal((await list({ page_size: '1' })).results.length, 1)
    const page = await list({ page_size: '100' })
    assert.equal(page.results.length, 100)
    assert.equal((await follow(page.next)).results.length, 1)
  })

  it('has no neighbours for as many records as a page holds', async () => {
    await add(4)
    const { next, previous, count } = await list({ page_size: '4' })
    assert.deepEqual([next, previous, count], [null, null, 4])
  })

  it('keeps the other parameters, on the URL that was asked (compatibility)', async () => {
    await add(9, 1, 'a&b=c +%')
    await add(3, 1, 'other')
    const asked = { user_agent: 'A&B=C +%', ordering: 'timestamp', page_size: '4', ip_address: '203.0.113.7' }
    const first = await list(asked)
    const { origin, pathname, searchParams } = new URL(first.next ?? '')
    assert.equal(`${origin}${pathname}`, `${service.url}/api/v1/logs/login/`)
    const { cursor, ...kept } = Object.fromEntries(searchParams)
    assert.deepEqual(kept, asked)
    assert.ok(cursor)
    const second = await follow(first.next)
    assert.deepEqual([second.count, second.results.length], [9, 4])
    assert.deepEqual(Object.fromEntries(new URL(second.previous ?? '').searchParams).user_agent, asked.user_agent)
  })

  it('builds next on the scheme and host that a named proxy forwards (operations)', async () => {
    await add(2)
    const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'accounts.example' }
    const { next } = await list({ page_size: '1' }, forwarded)
    assert.equal(new URL(next ?? '').origin, 'https://accounts.example')
  })

  it('leaves the size of the next page free', async () => {
    await add(9)
    const cursor = new URL((await list({ page_size: '3' })).next ?? '').searchParams.get('cursor') ?? ''
    assert.deepEqual(idsOf([await list({ cursor, page_size: '5' })]), (await inOrder('desc')).slice(3, 8))
  })

  it('refuses a cursor that was altered, or taken from another ordering (security 72)', async () => {
    await add(9)
    const cursor = new URL((await list({ page_size: '3' })).next ?? '').searchParams.get('cursor') ?? ''
    const refused = async (query: Record<string, string>): Promise<Answer> =>
      service.call('listLoginLogs', { token: user.access, query })
    for (const at of [0, 10, 21, 22, 40, cursor.length - 1]) {
      const altered = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
      assertInvalid(await refused({ cursor: altered }), 'cursor')
    }
    for (const altered of [cursor.slice(0, -1), `${cursor}AA`, cursor.slice(22)])
      assertInvalid(await refused({ cursor: altered }), 'cursor')
    assertInvalid(await refused({ cursor, ordering: 'timestamp' }), 'cursor')
  })

  it('shows nobody else’s records by somebody else’s cursor (security 76)', async () => {
    await add(9)
    const cursor = new URL((await list({ page_size: '3' })).next ?? '').searchParams.get('cursor') ?? ''
    const other = await addUser(service)
    const { status, body } = await service.call('listLoginLogs', { token: other.access, query: { cursor } })
    assert.deepEqual([status, body['results'], body['count']], [200, [], 0])
  })
})
