import assert from 'node:assert/strict'
import { assertInvalid } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

type Page = { count: number; next: string | null; previous: string | null; results: { id: string }[] }

describe('listUsers, by pages', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    await service.sql('truncate users, emails, sessions')
    superuser = await addUser(service, { superuser: true })
  })

  /** So many users, `together` of each moment, in turn suspended and active, every third a superuser. */
  const add = (many: number, together = 1) =>
    service.sql(
      `insert into users (id, email, search_text, is_active, is_superuser, date_joined)
       select gen_random_uuid(), email, lower(email), number % 2 = 0, number % 3 = 0,
         timestamptz '2026-01-01' + (number / $2) * interval '1 microsecond'
       from generate_series(1, $1::integer) number,
         lateral (select (case when number % 2 = 0 then 'Named' else 'named' end) || md5(number::text) || '@example.com' as email) as made`,
      [many, together],
    )
  const list = async (query: Record<string, string> = {}) => {
    const { status, body } = await service.call('listUsers', { token: superuser.access, query })
    assert.equal(status, 200, JSON.stringify(body))
    return body as Page
  }
  const follow = async (url: string | null | undefined) => {
    const { origin, pathname, search } = new URL(url ?? '')
    assert.equal(origin, service.url)
    const headers = { Authorization: `Bearer ${superuser.access}` }
    const { status, body } = await service.fetch(`${pathname}${search}`, { headers })
    assert.equal(status, 200)
    return body as unknown as Page
  }
  const idsOf = (pages: Page[]) => pages.flatMap(({ results }) => results.map(({ id }) => id))
  const orders = {
    '-date_joined': 'date_joined desc, id desc',
    date_joined: 'date_joined, id',
    email: 'lower(email) collate "C", id',
    '-email': 'lower(email) collate "C" desc, id desc',
  }
  const inOrder = async (ordering: keyof typeof orders, where = 'true') => {
    const rows = await service.sql<{ id: string }>(`select id from users where ${where} order by ${orders[ordering]}`)
    return rows.map(({ id }) => id)
  }

  for (const ordering of Object.keys(orders) as (keyof typeof orders)[]) {
    for (const [title, filter, where] of [
      ['everybody', {}, 'true'],
      ['those with a fragment', { search: 'NAMED' }, `email ilike 'named%'`],
      ['those with two letters', { search: '@e' }, `email ilike 'named%'`],
      ['the suspended', { is_active: 'false' }, 'not is_active'],
      ['the active', { is_active: 'true' }, 'is_active'],
      ['superusers', { is_superuser: 'true' }, 'is_superuser'],
    ] as const) {
      it(`walks ${title} by ${ordering}, seven of each moment, there and back: each exactly once (security 72)`, async () => {
        await add(25, 7)
        const expected = await inOrder(ordering, where)
        const there = [await list({ ordering, page_size: '4', ...filter })]
        for (let next = there[0]?.next; next; next = there.at(-1)?.next) there.push(await follow(next))
        assert.deepEqual(idsOf(there), expected)
        assert.ok(there.every(({ count }) => count === expected.length))
        const back = [await follow(there.at(-1)?.previous)]
        for (let previous = back[0]?.previous; previous; previous = back[0]?.previous)
          back.unshift(await follow(previous))
        assert.deepEqual(idsOf(back), expected.slice(0, (there.length - 1) * 4))
        assert.deepEqual([there[0]?.previous, there.at(-1)?.next, back[0]?.previous], [null, null, null])
      })
    }
  }

  it('walks on where a page is not near: beyond 2,000 others, and back (security 72)', async () => {
    await add(3_000)
    await service.sql(
      `insert into users (id, email, search_text, date_joined)
       select gen_random_uuid(), 'zz' || number || '@far.example', 'zz' || number || '@far.example', timestamptz '2020-01-01' + number * interval '1 day'
       from generate_series(1, 10) number`,
    )
    for (const ordering of ['-date_joined', 'email'] as const) {
      const expected = await inOrder(ordering, `email like '%far.example'`)
      const first = await list({ search: 'far.example', ordering, page_size: '4' })
      const second = await follow(first.next)
      const third = await follow(second.next)
      assert.deepEqual(idsOf([first, second, third]), expected)
      assert.deepEqual(idsOf([await follow(third.previous)]), idsOf([second]))
      assert.equal(third.count, 10)
    }
  })

  it('keeps its place while users are added, suspended and deleted (security 72)', async () => {
    await add(12)
    const before = await inOrder('-date_joined', 'id <> $$00000000-0000-0000-0000-000000000000$$')
    const first = await list({ page_size: '4' })
    await service.sql(`insert into users (id, email, date_joined) values (gen_random_uuid(), 'new@example.com', now())`)
    await service.sql('delete from users where id = any($1)', [before.slice(3, 5)])
    assert.deepEqual(idsOf([await follow(first.next)]), before.slice(5, 9))
  })

  it('keeps the other parameters, on the URL that was asked', async () => {
    await add(9)
    const asked = { search: 'NAMED', ordering: '-email', page_size: '4', is_superuser: 'false', is_active: 'true' }
    const { next, count } = await list({ ...asked, page_size: '2' })
    const { origin, pathname, searchParams } = new URL(next ?? '')
    assert.equal(`${origin}${pathname}`, `${service.url}/api/v1/users/`)
    const { cursor, ...kept } = Object.fromEntries(searchParams)
    assert.deepEqual(kept, { ...asked, page_size: '2' })
    assert.ok(cursor)
    assert.equal(count, 3)
    const second = await follow(next)
    assert.deepEqual([second.count, second.results.length, second.next], [3, 1, null])
  })

  it('holds 20 users unless told, 1 to 100 when told', async () => {
    await add(100)
    assert.equal((await list()).results.length, 20)
    assert.equal((await list({ page_size: '1' })).results.length, 1)
    const page = await list({ page_size: '100' })
    assert.deepEqual([page.results.length, page.count], [100, 101])
    assert.equal((await follow(page.next)).results.length, 1)
  })

  it('refuses a cursor that was altered, taken from another ordering, or from another list (security 72)', async () => {
    await add(9)
    await service.sql(
      `insert into login_logs (user_id, id, ip_address, user_agent) select $1, gen_random_uuid(), '::1', '' from generate_series(1, 3)`,
      [superuser.id],
    )
    const cursorOf = ({ next }: Page) => new URL(next ?? '').searchParams.get('cursor') ?? ''
    const refused = async (query: Record<string, string>) => {
      assertInvalid(await service.call('listUsers', { token: superuser.access, query }), 'cursor')
    }
    const cursor = cursorOf(await list({ page_size: '3', ordering: 'email' }))
    for (const at of [0, 21, 40, cursor.length - 1])
      await refused({
        ordering: 'email',
        cursor: `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`,
      })
    for (const ordering of ['-email', 'date_joined', '-date_joined']) await refused({ ordering, cursor })
    const logs = await service.call('listLoginLogs', { token: superuser.access, query: { page_size: '1' } })
    await refused({ cursor: cursorOf(logs.body as Page) })
  })
})
