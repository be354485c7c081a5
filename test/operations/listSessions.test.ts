import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { TestService } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'
import { idsOf, ListReader, onlyPage, type Page } from './support/listReader.ts'
import { refreshPair } from './support/requests.ts'

type Session = { id: string; created_at: string; last_used_at: string; expires_at: string; is_current: boolean }
type SessionPage = Page & { results: Session[] }

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

  const list = (person = user) => new ListReader(service, 'listSessions', person).read() as Promise<SessionPage>
  /** Inserts active sessions, each of which began a number of minutes ago. @returns their ids */
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

  describe('the members of a session in listSessions (security 42)', () => {
    it('are exactly the documented ones; is_current marks the current session', async () => {
      const { id, email } = await addOwner(service)
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
      const { results, ...page } = body as unknown as SessionPage
      assert.deepEqual(page, { count: 2, ...onlyPage })
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
    })
  })

  describe('the lifetime of a session in listSessions (security 38)', () => {
    it('is extended by a refresh, which changes only last_used_at and expires_at', async () => {
      await service.sql(
        `update sessions set created_at = now() - interval '1 hour', last_used_at = now() - interval '1 hour',
       idle_until = now() + interval '23 hours'`,
      )
      const [before] = (await list()).results
      await refreshPair(service, user.refresh)
      const [after, ...more] = (await list()).results
      assert.ok(before && after && more.length === 0)
      assert.deepEqual([after.id, after.created_at], [before.id, before.created_at])
      assert.ok(after.last_used_at > before.last_used_at && after.expires_at > before.expires_at)
    })

    it('ends at absolute_until if this is earlier than idle_until', async () => {
      await service.sql(
        `update sessions set idle_until = now() + interval '2 days', absolute_until = '2999-01-01' where user_id = $1`,
        [user.id],
      )
      assert.notEqual((await list()).results[0]?.expires_at, '2999-01-01T00:00:00.000000Z')
      await service.sql(`update sessions set idle_until = '2999-01-02' where user_id = $1`, [user.id])
      assert.equal((await list()).results[0]?.expires_at, '2999-01-01T00:00:00.000000Z')
    })

    it('is over, and it is not listed, if it was ended, idle for too long or too old', async () => {
      const [ended = '', idle = '', absolute = '', live = ''] = await add(1, 2, 3, 4)
      await service.sql('update sessions set ended_at = now() where id = $1', [ended])
      await service.sql(`update sessions set idle_until = now() - interval '1 second' where id = $1`, [idle])
      await service.sql(`update sessions set absolute_until = now() - interval '1 second' where id = $1`, [absolute])
      const page = await list()
      assert.deepEqual([idsOf(page), page.count], [[user.sessionId, live], 2])
    })
  })

  describe('access to sessions (security 76)', () => {
    it('is limited to the caller’s own sessions, even for superusers', async () => {
      const superuser = await addUser(service, { superuser: true })
      assert.deepEqual(idsOf(await list(superuser)), [superuser.sessionId])
      assert.deepEqual(idsOf(await list()), [user.sessionId])
    })
  })
})
