import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { NIL } from 'uuid'
import { contract } from '../support/contract.ts'
import { assertProblem, assertInvalid, assertUnauthorized, head } from '../support/answers.ts'
import { addUser } from '../support/users.ts'
import {
  device,
  failed1,
  failed2,
  failed3,
  firefox,
  ofUser,
  rotated,
  startWithEvents,
  suspended,
  type Event,
  type SecurityEvents,
} from './support/securityEvents.ts'

const types = contract.components.schemas['SecurityEventType']?.enum ?? []

describe('listSecurityEvents', () => {
  let events: SecurityEvents

  before(async () => {
    events = await startWithEvents()
  })
  after(() => events.service.stop())

  const resultsOf = async (...asked: Parameters<SecurityEvents['list']>) => {
    const { status, body } = await events.list(...asked)
    assert.equal(status, 200, JSON.stringify(body))
    return (body['results'] as Event[]).map(({ id, ...event }) => {
      assert.match(id, /^[0-9a-f-]{36}$/)
      return event
    })
  }

  it('answers with a page of one’s own events; what is not there is left out', async () => {
    const { status, body, headers } = await events.list()
    assert.equal(status, 200)
    assert.deepEqual({ ...body, results: [] }, { count: 4, next: null, previous: null, results: [] })
    assert.equal(headers.get('cache-control'), 'no-store')
    const user = events.user.id
    assert.deepEqual(await resultsOf(), [
      { type: 'keys_rotated', user, timestamp: '2027-01-31T08:00:00.5Z' },
      { type: 'new_device', user, ip_address: '2001:db8::1', user_agent: 'ПРОБА äÖ', timestamp: device },
      { type: 'user_suspended', user, actor: events.superuser.id, timestamp: suspended },
      { type: 'sign_in_failed', user, ip_address: '203.0.113.7', user_agent: firefox, timestamp: failed1 },
    ])
    assert.deepEqual(await head(events.service, '/api/v1/logs/security/', events.user.access), {
      status: 200,
      type: 'application/json',
      text: '',
    })
  })

  it('shows an administrator’s address and device to superusers only, and finds nothing by them for others', async () => {
    const [event] = await resultsOf({ type: 'user_suspended', user: events.user.id }, events.superuser)
    assert.deepEqual(event, {
      type: 'user_suspended',
      user: events.user.id,
      actor: events.superuser.id,
      ip_address: '203.0.113.70',
      user_agent: 'the console 100% _raw_',
      timestamp: suspended,
    })
    for (const query of [{ ip_address: '203.0.113.70' }, { user_agent: 'console' }]) {
      assert.deepEqual(await events.found(query), [])
      assert.deepEqual(await events.found({ ...query, user: events.user.id }, events.superuser), [suspended])
      assert.deepEqual(await events.found(query, events.superuser), [suspended])
    }
  })

  it('shows an administrator the own address, as the others who were acted upon do not see it', async () => {
    const admin = await addUser(events.service, { superuser: true })
    await events.service.sql(
      `insert into security_events (user_id, id, type, actor_id, ip_address, user_agent) values ($1, $2, 'user_updated', $1, '::1', 'x')`,
      [admin.id, randomUUID()],
    )
    const [event] = await resultsOf({ user: admin.id }, admin)
    assert.deepEqual([event && 'ip_address' in event, event && 'user_agent' in event], [true, true])
    await events.service.sql('delete from security_events where user_id = $1', [admin.id])
  })

  it('shows users their own events only, and 403 for anybody else’s, existing or not (security 76)', async () => {
    assert.deepEqual(await events.found({ user: events.user.id }), ofUser)
    assert.deepEqual(await events.found({ user: events.user.id.toUpperCase() }), ofUser)
    for (const user of [events.other.id, events.superuser.id, randomUUID(), NIL])
      assertProblem(await events.list({ user }), 403, 'permission_denied')
  })

  it('shows superusers everybody’s and nobody’s, or one user’s', async () => {
    const all = [rotated, failed3, device, failed2, suspended, failed1]
    assert.deepEqual(await events.found({}, events.superuser), all)
    assert.deepEqual(await events.found({ user: events.other.id.toUpperCase() }, events.superuser), [failed2])
    assert.deepEqual(await events.found({ user: randomUUID() }, events.superuser), [])
    const [unknown] = await resultsOf({ user: NIL }, events.superuser)
    assert.deepEqual(unknown, {
      type: 'sign_in_failed',
      ip_address: '203.0.113.7',
      user_agent: firefox,
      timestamp: '2026-07-01T00:00:00Z',
    })
  })

  for (const type of types) {
    it(`shows and finds events of the type ${type}`, async () => {
      const person = await addUser(events.service)
      const add = (userId: string, of: string) =>
        events.service.sql('insert into security_events (user_id, id, type) values ($1, $2, $3)', [
          userId,
          randomUUID(),
          of,
        ])
      for (const of of types) await add(person.id, of)
      const ofType = async (...asked: Parameters<typeof resultsOf>) =>
        (await resultsOf(...asked)).map((event) => [event.type, event.user])
      assert.deepEqual(await ofType({ type }, person), [[type, person.id]])
      assert.deepEqual(await ofType({ type, user: person.id }, events.superuser), [[type, person.id]])
      const today = new Date(Date.now() - 3_600_000).toISOString()
      const tomorrow = new Date(Date.now() + 3_600_000).toISOString()
      const query = { type, timestamp_after: today, timestamp_before: tomorrow }
      for (const ordering of ['timestamp', '-timestamp'])
        assert.deepEqual(await ofType({ ...query, ordering }, events.superuser), [[type, person.id]])
      await events.service.sql('delete from security_events where user_id = $1', [person.id])
    })
  }

  it('shows somebody whose superuser rights were taken away their own only, at once (security 49)', async () => {
    const former = await addUser(events.service, { superuser: true })
    await events.service.sql('update users set is_superuser = false where id = $1', [former.id])
    assert.deepEqual(await events.found({}, former), [])
    assertProblem(await events.list({ user: events.user.id }, former), 403, 'permission_denied')
  })

  it('asks who it is (security 40)', async () => {
    assertUnauthorized(await events.service.call('listSecurityEvents'), 'not_authenticated')
    const query = { page_size: '0' }
    const byRefresh = await events.service.call('listSecurityEvents', { token: events.user.refresh, query })
    assertUnauthorized(byRefresh, 'token_not_valid')
    const person = await addUser(events.service)
    await events.service.sql('update users set is_active = false where id = $1', [person.id])
    assertUnauthorized(await events.list({}, person), 'user_inactive')
    await events.service.sql('delete from users where id = $1', [person.id])
    assertUnauthorized(await events.list({}, person), 'user_not_found')
  })

  for (const [parameter, ...values] of [
    ['type', '', 'x', 'SIGN_IN_FAILED', 'sign_in_failed,new_device', 'account_lost'],
    ['page_size', '0', '101', 'abc', '1.5', ''],
    ['timestamp_after', 'yesterday', '2026-03-01', '2026-02-30T12:00:00Z', '-infinity', ''],
    ['timestamp_before', 'now', '2026-03-01 12:00', '2026-03-01T12:00:00+24:00'],
    ['ip_address', '', '203.0.113.256', '203.0.113.7/32', '::g', 'localhost'],
    ['user', 'abc', '', '0198f3a2-5d40-7c11-8e2a-94b7c3d5f60'],
    ['user_agent', 'a\u0000b', 'a\nb', 'x'.repeat(257)],
    ['ordering', 'type', '', '+timestamp', 'timestamp desc'],
    ['cursor', '', 'x', "'; --", 'A'.repeat(512), 'A'.repeat(513)],
  ] as const) {
    it(`refuses a ${parameter} that makes no sense, by its name`, async () => {
      for (const value of values) assertInvalid(await events.list({ [parameter]: value }, events.superuser), parameter)
    })
  }
})
