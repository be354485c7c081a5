import assert from 'node:assert/strict'
import { assertInvalid } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

type Page = { count: number; next: string | null; previous: string | null; results: { id: string }[] }

describe('listSecurityEvents, by pages', () => {
  let service: TestService
  let user: Person
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    user = await addUser(service)
    superuser = await addUser(service, { superuser: true })
    for (const type of ['sign_in_failed', 'new_device']) {
      await service.sql(
        `insert into security_events (user_id, timestamp, id, type)
         select $1, date_trunc('second', now()) - (number / 7) * interval '20 days', gen_random_uuid(), $2 from generate_series(1, 25) number`,
        [user.id, type],
      )
    }
  })
  after(() => service.stop())

  const get = async (url: string, person: Person) => {
    const { status, body } = await service.fetch(url, { headers: { Authorization: `Bearer ${person.access}` } })
    assert.equal(status, 200, JSON.stringify(body))
    return body as Page
  }
  const follow = (url: string | null | undefined, person: Person) => {
    const { pathname, search } = new URL(url ?? '')
    return get(`${pathname}${search}`, person)
  }
  const idsOf = (pages: Page[]) => pages.flatMap(({ results }) => results.map(({ id }) => id))
  const cursorOf = ({ next }: Page) => new URL(next ?? '').searchParams.get('cursor') ?? ''

  for (const [whose, query, count] of [
    ['one’s own', '', 50],
    ['one’s own of a type', '&type=new_device', 25],
    ['everybody’s', '', 50],
    ['everybody’s of a type', '&type=sign_in_failed', 25],
  ] as const) {
    for (const [ordering, direction] of [
      ['-timestamp', 'desc'],
      ['timestamp', 'asc'],
    ] as const) {
      it(`walks ${whose} by ${ordering}, several of each moment, there and back: each exactly once (security 72)`, async () => {
        const person = whose.startsWith('one') ? user : superuser
        const there = [await get(`/api/v1/logs/security/?ordering=${ordering}&page_size=4${query}`, person)]
        for (let next = there[0]?.next; next; next = there.at(-1)?.next) there.push(await follow(next, person))
        const rows = await service.sql<{ id: string }>(
          `select id from security_events where $1 in ('', type) order by timestamp ${direction}, id ${direction}`,
          [query.replace('&type=', '')],
        )
        const expected = rows.map(({ id }) => id)
        assert.deepEqual(idsOf(there), expected)
        assert.ok(there.every((page) => page.count === count))
        const back = [await follow(there.at(-1)?.previous, person)]
        for (let previous = back[0]?.previous; previous; previous = back[0]?.previous)
          back.unshift(await follow(previous, person))
        assert.deepEqual(idsOf(back), expected.slice(0, 4 * (there.length - 1)))
      })
    }
  }

  it('holds 20 events unless told, 1 to 100 when told', async () => {
    assert.equal((await get('/api/v1/logs/security/', user)).results.length, 20)
    for (const size of [1, 30, 100]) {
      const { results } = await get(`/api/v1/logs/security/?page_size=${size}`, user)
      assert.equal(results.length, Math.min(size, 50))
    }
  })

  it('refuses a cursor of another ordering or of another list (security 72)', async () => {
    const cursor = cursorOf(await get('/api/v1/logs/security/?page_size=3', user))
    const query = { cursor, ordering: 'timestamp' }
    assertInvalid(await service.call('listSecurityEvents', { token: user.access, query }), 'cursor')
    assertInvalid(await service.call('listLoginLogs', { token: user.access, query: { cursor } }), 'cursor')
  })

  it('shows nobody else’s events by somebody else’s cursor (security 76)', async () => {
    const cursor = cursorOf(await get('/api/v1/logs/security/?page_size=3', superuser))
    const other = await addUser(service)
    const { status, body } = await service.call('listSecurityEvents', { token: other.access, query: { cursor } })
    assert.deepEqual([status, body['results'], body['count']], [200, [], 0])
  })
})
