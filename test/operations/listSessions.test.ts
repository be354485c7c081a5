import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertInvalid, assertUnauthorized, head } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { addUser, quickHash, type Person } from '../support/users.ts'

type Session = { id: string; created_at: string; last_used_at: string; expires_at: string; is_current: boolean }
type Page = { count: number; count_capped?: boolean; next: string | null; previous: string | null; results: Session[] }

describe('listSessions', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service)
  })

  const list = async (query: Record<string, string> = {}, person = user): Promise<Page> => {
    const { status, body } = await service.call('listSessions', { token: person.access, query })
    assert.equal(status, 200, JSON.stringify(body))
    return body as Page
  }
  const follow = async (url: string | null | undefined) => {
    const { pathname, search } = new URL(url ?? '')
    const { status, body } = await service.fetch(`${pathname}${search}`, {
      headers: { Authorization: `Bearer ${user.access}` },
    })
    assert.equal(status, 200)
    return body as Page
  }
  const idsOf = (...pages: Page[]) => pages.flatMap(({ results }) => results.map(({ id }) => id))
  /** Live sessions beside the one that asks, begun so many minutes ago. */
  const add = async (...minutes: number[]) => {
    const ids = minutes.map(() => randomUUID())
    await service.sql(
      `insert into sessions (user_id, id, created_at, last_used_at, idle_until, absolute_until, ip_address, user_agent)
       select $1, id, moment, moment, now() + interval '1 day', now() + interval '30 days', '2001:db8::1', 'curl/8.5.0'
       from unnest($2::uuid[], $3::integer[]) as made (id, minutes), lateral (select now() - minutes * interval '1 minute') as at (moment)`,
      [user.id, ids, minutes],
    )
    return ids
  }

  it('shows where one’s account is signed in: these members and no others, the current one marked (security 42)', async () => {
    const passwordHash = await quickHash
    const { id, email } = await addUser(service, { passwordHash })
    await service.sql('delete from sessions where user_id = $1', [id])
    await service.signIn(email, { 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'Firefox/145.0' })
    const { access } = await service.signIn(email, { 'X-Forwarded-For': '2001:DB8::1', 'User-Agent': 'curl/8.5.0' })
    const { status, body, headers } = await service.call('listSessions', { token: access })
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    const stored = await service.sql<{ id: string; created_at: Date; idle_until: Date }>(
      'select id, created_at, idle_until from sessions where user_id = $1 order by created_at desc',
      [id],
    )
    const { results, ...page } = body as Page
    assert.deepEqual(page, { count: 2, next: null, previous: null })
    const [latest, first] = results
    const { created_at = '', last_used_at = '', expires_at = '', ...others } = latest ?? {}
    assert.deepEqual(others, {
      id: stored[0]?.id,
      ip_address: '2001:db8::1',
      user_agent: 'curl/8.5.0',
      last_ip_address: '2001:db8::1',
      last_user_agent: 'curl/8.5.0',
      is_current: true,
    })
    assert.equal(new Date(created_at).getTime(), stored[0]?.created_at.getTime())
    assert.equal(last_used_at, created_at)
    assert.equal(new Date(expires_at).getTime(), stored[0]?.idle_until.getTime())
    assert.deepEqual([first?.id, first?.is_current], [stored[1]?.id, false])
    assert.deepEqual(await head(service, '/api/v1/auth/sessions/', access), {
      status: 200,
      type: 'application/json',
      text: '',
    })
  })

  it('moves last_used_at and expires_at on with a refresh, and stays one session (security 38)', async () => {
    await service.sql(
      `update sessions set created_at = now() - interval '1 hour', last_used_at = now() - interval '1 hour', idle_until = now() + interval '23 hours'`,
    )
    const [before] = (await list()).results
    await service.call('refreshToken', { body: { refresh: user.refresh } })
    const [after, ...more] = (await list()).results
    assert.ok(before && after && more.length === 0)
    assert.deepEqual([after.id, after.created_at], [before.id, before.created_at])
    assert.ok(after.last_used_at > before.last_used_at && after.expires_at > before.expires_at)
  })

  it('is over at the absolute end, where that is earlier than the idle one (security 38)', async () => {
    await service.sql(
      `update sessions set idle_until = now() + interval '2 days', absolute_until = '2999-01-01' where user_id = $1`,
      [user.id],
    )
    assert.notEqual((await list()).results[0]?.expires_at, '2999-01-01T00:00:00Z')
    await service.sql(`update sessions set idle_until = '2999-01-02' where user_id = $1`, [user.id])
    assert.equal((await list()).results[0]?.expires_at, '2999-01-01T00:00:00Z')
  })

  it('leaves out what is over: ended, idle for too long, at its absolute end (security 38)', async () => {
    const [ended = '', idle = '', absolute = '', live = ''] = await add(1, 2, 3, 4)
    await service.sql('update sessions set ended_at = now() where id = $1', [ended])
    await service.sql(`update sessions set idle_until = now() - interval '1 second' where id = $1`, [idle])
    await service.sql(`update sessions set absolute_until = now() - interval '1 second' where id = $1`, [absolute])
    const page = await list()
    assert.deepEqual([idsOf(page), page.count], [[user.sessionId, live], 2])
  })

  it('shows nobody else’s, not even to a superuser (security 76)', async () => {
    const superuser = await addUser(service, { superuser: true })
    assert.deepEqual(idsOf(await list({}, superuser)), [superuser.sessionId])
    assert.deepEqual(idsOf(await list()), [user.sessionId])
  })

  it('walks by pages, the latest sign-in first, there and back: each exactly once (security 72)', async () => {
    const minutes = [1, 2, 2, 2, 3, 4, 5, 6]
    await add(...minutes)
    const rows = await service.sql<{ id: string }>(
      'select id from sessions where user_id = $1 order by created_at desc, id desc',
      [user.id],
    )
    const expected = rows.map(({ id }) => id)
    const there = [await list({ page_size: '2' })]
    for (let next = there[0]?.next; next; next = there.at(-1)?.next) there.push(await follow(next))
    assert.deepEqual(
      there.map(({ results, count }) => [results.length, count]),
      [2, 2, 2, 2, 1].map((length) => [length, 9]),
    )
    assert.deepEqual(idsOf(...there), expected)
    const back = [await follow(there.at(-1)?.previous)]
    for (let previous = back[0]?.previous; previous; previous = back[0]?.previous) back.unshift(await follow(previous))
    assert.deepEqual(idsOf(...back), expected.slice(0, 8))
  })

  it('keeps its place while sessions begin and end (security 72)', async () => {
    const ids = await add(1, 2, 3, 4, 5)
    const first = await list({ page_size: '3' })
    assert.deepEqual(idsOf(first), [user.sessionId, ids[0], ids[1]])
    await add(0)
    await service.sql('update sessions set ended_at = now() where id = any($1)', [ids.slice(1, 3)])
    assert.deepEqual(idsOf(await follow(first.next)), ids.slice(3))
  })

  it('holds 20 unless told, and counts up to 10,000 (operations)', async () => {
    await service.sql(
      `insert into sessions (user_id, id, created_at, idle_until, absolute_until, ip_address, user_agent)
       select $1, gen_random_uuid(), now() - number * interval '1 second', '2999-01-01', '2999-01-01', '::1', '' from generate_series(1, 10000) number`,
      [user.id],
    )
    const { count, count_capped, results } = await list()
    assert.deepEqual([count, count_capped, results.length], [10_000, true, 20])
    assert.equal((await list({ page_size: '100' })).results.length, 100)
  })

  it('refuses a page_size and a cursor that make no sense, and the cursor of another list (security 72)', async () => {
    await add(1, 2)
    const refused = (query: Record<string, string>) => service.call('listSessions', { token: user.access, query })
    for (const page_size of ['0', '101', '1.5', 'x', '']) assertInvalid(await refused({ page_size }), 'page_size')
    const cursor = new URL((await list({ page_size: '1' })).next ?? '').searchParams.get('cursor') ?? ''
    for (const wrong of ['', 'x', cursor.slice(1), 'A'.repeat(513)])
      assertInvalid(await refused({ cursor: wrong }), 'cursor')
    const query = { cursor, ordering: '-timestamp' }
    assertInvalid(await service.call('listLoginLogs', { token: user.access, query }), 'cursor')
    assert.equal((await refused({ cursor })).status, 200)
  })

  it('asks who it is, and answers no session that is over (security 38, 40)', async () => {
    assertUnauthorized(await service.call('listSessions'), 'not_authenticated')
    const answer = () => service.call('listSessions', { token: user.access })
    assertUnauthorized(await service.call('listSessions', { token: user.refresh }), 'token_not_valid')
    for (const [change, code] of [
      [`update sessions set idle_until = now() where user_id = $1`, 'token_not_valid'],
      [
        `update sessions set idle_until = now() + interval '1 day', absolute_until = now() where user_id = $1`,
        'token_not_valid',
      ],
      ['update users set is_active = false where id = $1', 'user_inactive'],
      ['delete from users where id = $1', 'user_not_found'],
    ] as const) {
      await service.sql(change, [user.id])
      assertUnauthorized(await answer(), code)
    }
  })
})
