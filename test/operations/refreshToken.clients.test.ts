import assert from 'node:assert/strict'
import { assertProblem, assertUnauthorized } from '../support/answers.ts'
import { withFailingInserts } from '../support/failingInserts.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, quickHash, type Person } from '../support/users.ts'
import { getMe } from './support/requests.ts'

type Client = { ip: string; device: string }

const owner: Client = { ip: '203.0.113.7', device: 'the owner' }
const elsewhere = { ...owner, ip: '198.51.100.1' }
const otherDevice = { ...owner, device: 'another device' }
const stranger: Client = { ip: '198.51.100.1', device: 'a thief' }
const headersOf = ({ ip, device }: Client) => ({ 'X-Forwarded-For': ip, 'User-Agent': device })

describe('refreshToken, used by several clients of a session (security 97)', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: await quickHash })
    await service.sql('update sessions set ip_address = $2, user_agent = $3 where user_id = $1', [
      user.id,
      owner.ip,
      owner.device,
    ])
  })

  const refresh = (token: unknown, client: Client) =>
    service.call('refreshToken', { body: { refresh: token }, headers: headersOf(client) })
  const rotate = async (token: unknown = user.refresh, client = owner) => {
    const { status, body } = await refresh(token, client)
    assert.equal(status, 200, JSON.stringify(body))
    return body as { access: string; refresh: string }
  }
  const endedBy = async () => {
    const sql = 'select ended_by from sessions where user_id = $1'
    return (await service.sql<{ ended_by: string | null }>(sql, [user.id]))[0]?.ended_by
  }
  const statusesOf = async (times: number, client: Client) => {
    const statuses: number[] = []
    for (let time = 0; time < times; time++) statuses.push((await refresh(user.refresh, client)).status)
    return statuses
  }
  const pass = (interval: string) =>
    service.sql(`update sessions set network_noted_at = network_noted_at - $2::interval where user_id = $1`, [
      user.id,
      interval,
    ])
  const event = (type: string, { ip, device }: Client) => ({
    type,
    actor_id: null,
    ip_address: ip,
    user_agent: device,
  })

  describe('retries with the previous token within the grace period', () => {
    for (const [title, rotator, retrier] of [
      ['the client of the rotation', owner, owner],
      ['another address of the same /24', owner, { ...owner, ip: '203.0.113.200' }],
      ['another address of the same /64', { ...owner, ip: '2001:db8::1' }, { ...owner, ip: '2001:db8::ffff:1' }],
      ['a client without User-Agent, in its network', { ...owner, device: '' }, { ...owner, device: '' }],
    ] as const) {
      it(`are accepted any number of times from ${title}`, async () => {
        await rotate(user.refresh, rotator)
        assert.deepEqual(await statusesOf(5, retrier), [200, 200, 200, 200, 200])
      })
    }

    for (const [title, retrier] of [
      ['the same device in another network', elsewhere],
      ['another device in the same network', otherDevice],
    ] as const) {
      it(`are accepted only twice from ${title}`, async () => {
        const { refresh: latest } = await rotate()
        assert.deepEqual(await statusesOf(4, retrier), [200, 200, 401, 401])
        assert.equal(await endedBy(), null)
        assert.deepEqual(await statusesOf(2, owner), [200, 200])
        const { refresh: next } = await rotate(latest)
        assert.equal((await refresh(latest, retrier)).status, 200, 'two for each rotation')
        await rotate(next)
      })
    }

    it('are accepted twice if ten come simultaneously from another network', async () => {
      await rotate()
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(user.refresh, elsewhere)))
      assert.equal(answers.filter(({ status }) => status === 200).length, 2)
      assert.equal(await endedBy(), null)
    })

    for (const [title, client] of [
      ['another network with another device', stranger],
      ['another network without User-Agent', { ...stranger, device: '' }],
    ] as const) {
      it(`count as reuse if they come from ${title}`, async () => {
        const { access, refresh: latest } = await rotate()
        assertUnauthorized(await refresh(user.refresh, client), 'token_not_valid')
        assert.equal(await endedBy(), 'refresh_reused')
        assert.deepEqual(await eventsOf(service, user.id), [event('refresh_reused', client)])
        assertUnauthorized(await getMe(service, access), 'token_not_valid')
        assertUnauthorized(await refresh(latest, owner), 'token_not_valid')
      })
    }

    it('count as reuse from another network if no client sent a User-Agent', async () => {
      await rotate(user.refresh, { ...owner, device: '' })
      assertUnauthorized(await refresh(user.refresh, { ...stranger, device: '' }), 'token_not_valid')
      assert.equal(await endedBy(), 'refresh_reused')
    })

    it('count as reuse if another client sends a token from two generations ago', async () => {
      const { refresh: second } = await rotate()
      await rotate(second)
      assertUnauthorized(await refresh(user.refresh, owner), 'token_not_valid')
      assert.equal(await endedBy(), null)
      assertUnauthorized(await refresh(user.refresh, stranger), 'token_not_valid')
      assert.equal(await endedBy(), 'refresh_reused')
    })

    it('end the session if both a thief and the owner send the previous token', async () => {
      let { refresh: token } = await rotate()
      token = (await rotate(token)).refresh
      const parent = token
      await rotate(token)
      assert.equal((await refresh(parent, stranger)).status, 401)
      assert.equal((await refresh(parent, owner)).status, 401)
      assert.equal(await endedBy(), 'refresh_reused')
    })

    it('end the session if the owner retries after a thief has refreshed it', async () => {
      await rotate(user.refresh, stranger)
      assertUnauthorized(await refresh(user.refresh, owner), 'token_not_valid')
      assert.equal(await endedBy(), 'refresh_reused')
    })

    it('are accepted from any client if an earlier release recorded no client', async () => {
      await rotate()
      await service.sql('update sessions set rotated_ip_address = null, rotated_user_agent = null where user_id = $1', [
        user.id,
      ])
      assert.deepEqual(await statusesOf(3, stranger), [200, 200, 200])
    })
  })

  describe('the last client of a session', () => {
    const listed = async (token: string) => {
      const { body } = await service.call('listSessions', { token })
      const [session] = body['results'] as Record<string, unknown>[]
      return ['ip_address', 'user_agent', 'last_ip_address', 'last_user_agent'].map((name) => session?.[name])
    }

    it('is recorded at the sign-in, at each rotation and at each retry', async () => {
      assert.deepEqual(await listed(user.access), [owner.ip, owner.device, owner.ip, owner.device])
      await rotate(user.refresh, stranger)
      assert.deepEqual(await listed(user.access), [owner.ip, owner.device, stranger.ip, stranger.device])
      await rotate(user.refresh, { ...stranger, ip: owner.ip })
      assert.deepEqual(await listed(user.access), [owner.ip, owner.device, owner.ip, stranger.device])
    })

    it('appears in the export', async () => {
      await rotate(user.refresh, stranger)
      const body = { current_password: password }
      const { body: document } = await service.call('exportMe', { token: user.access, body })
      const [session] = document['sessions'] as Record<string, unknown>[]
      assert.deepEqual([session?.['last_ip_address'], session?.['last_user_agent']], [stranger.ip, stranger.device])
    })
  })

  describe('a new network of a session', () => {
    const changes = async () => {
      const query = { type: 'session_network_changed' }
      const { body } = await service.call('listSecurityEvents', { token: user.access, query })
      return (body['results'] as { ip_address: string; user_agent: string }[]).map(({ ip_address }) => ip_address)
    }

    it('causes an event with the IP address and device of the new client', async () => {
      await rotate(user.refresh, stranger)
      assert.deepEqual(await changes(), [stranger.ip])
      assert.deepEqual(await eventsOf(service, user.id), [event('session_network_changed', stranger)])
    })

    it('causes one event for ten simultaneous retries', async () => {
      await rotate()
      assert.deepEqual(await changes(), [])
      await Promise.all(Array.from({ length: 10 }, () => refresh(user.refresh, elsewhere)))
      assert.deepEqual(await changes(), [elsewhere.ip])
    })

    it('causes no event if only the host address or only the device changes', async () => {
      const { refresh: second } = await rotate(user.refresh, { ...owner, ip: '203.0.113.200' })
      await rotate(second, { ...otherDevice, ip: '203.0.113.201' })
      assert.deepEqual(await changes(), [])
    })

    it('causes at most one event an hour, then one for the network used by then', async () => {
      const third = { ...owner, ip: '192.0.2.1' }
      let token = user.refresh
      for (const client of [elsewhere, owner, elsewhere, third]) token = (await rotate(token, client)).refresh
      assert.deepEqual(await changes(), [elsewhere.ip])
      await pass('61 minutes')
      token = (await rotate(token, elsewhere)).refresh
      assert.deepEqual(await changes(), [elsewhere.ip], 'it is there already')
      token = (await rotate(token, third)).refresh
      assert.deepEqual(await changes(), [third.ip, elsewhere.ip])
      await rotate(token, third)
      await pass('61 minutes')
      assert.deepEqual(await changes(), [third.ip, elsewhere.ip])
    })

    it('causes its event at the next refresh if it could not be recorded', async () => {
      const answer = await withFailingInserts(service, 'security_events', () => refresh(user.refresh, elsewhere))
      assertProblem(answer, 500, 'internal')
      assert.deepEqual(await changes(), [])
      await rotate(user.refresh, elsewhere)
      assert.deepEqual(await changes(), [elsewhere.ip])
    })
  })
})
