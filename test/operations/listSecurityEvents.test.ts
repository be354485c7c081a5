import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { NIL } from 'uuid'
import { contract } from '../support/contract.ts'
import { addUser } from '../support/users.ts'
import { describeRecordAccess } from './support/describeRecords.ts'
import { onlyPage } from './support/listReader.ts'
import { firefox, moments, startWithRecords, type Event, type Records } from './support/records.ts'

const { march1, march2, june, july } = moments

const types = contract.components.schemas['SecurityEventTypeFilter']?.enum ?? []

describe('listSecurityEvents', () => {
  let events: Records

  before(async () => {
    events = await startWithRecords('listSecurityEvents')
  })
  after(() => events.service.stop())

  const resultsOf = async (...request: Parameters<Records['read']>) => {
    const { status, body } = await events.read(...request)
    assert.equal(status, 200, JSON.stringify(body))
    return (body['results'] as Event[]).map(({ id, ...event }) => {
      assert.match(id, /^[0-9a-f-]{36}$/)
      return event
    })
  }

  it('returns a page of the user’s own events without empty members', async () => {
    const { status, body, headers } = await events.read()
    assert.equal(status, 200)
    assert.deepEqual({ ...body, results: [] }, { count: 4, ...onlyPage, results: [] })
    assert.equal(headers.get('cache-control'), 'no-store')
    const user = events.user.id
    assert.deepEqual(await resultsOf(), [
      { type: 'keys_rotated', user, timestamp: moments.january },
      { type: 'new_device', user, ip_address: '2001:db8::1', user_agent: 'ПРОБА äÖ', timestamp: june },
      { type: 'user_suspended', user, actor: events.superuser.id, timestamp: march2 },
      { type: 'sign_in_failed', user, ip_address: '203.0.113.7', user_agent: firefox, timestamp: march1 },
    ])
  })

  it('shows the IP address and device of an administrator only to superusers', async () => {
    const [event] = await resultsOf({ type: 'user_suspended', user: events.user.id }, events.superuser)
    assert.deepEqual(event, {
      type: 'user_suspended',
      user: events.user.id,
      actor: events.superuser.id,
      ip_address: '203.0.113.70',
      user_agent: 'the console 100% _raw_',
      timestamp: march2,
    })
    for (const query of [{ ip_address: '203.0.113.70' }, { user_agent: 'console' }]) {
      assert.deepEqual(await events.momentsOf(query), [])
      assert.deepEqual(await events.momentsOf({ ...query, user: events.user.id }, events.superuser), [march2])
      assert.deepEqual(await events.momentsOf(query, events.superuser), [march2])
    }
  })

  it('shows administrators the IP address and device of changes to their own account', async () => {
    const admin = await addUser(events.service, { superuser: true })
    await events.service.sql(
      `insert into security_events (user_id, id, type, actor_id, ip_address, user_agent) values ($1, $2, 'user_updated', $1, '::1', 'x')`,
      [admin.id, randomUUID()],
    )
    const [event] = await resultsOf({ user: admin.id }, admin)
    assert.deepEqual([event && 'ip_address' in event, event && 'user_agent' in event], [true, true])
    await events.service.sql('delete from security_events where user_id = $1', [admin.id])
  })

  it('shows superusers events that concern no user, without the member user', async () => {
    const [unknown] = await resultsOf({ user: NIL }, events.superuser)
    assert.deepEqual(unknown, {
      type: 'sign_in_failed',
      ip_address: '203.0.113.7',
      user_agent: firefox,
      timestamp: july,
    })
  })

  for (const type of types) {
    it(`shows and filters events of the type ${type}`, async () => {
      const person = await addUser(events.service)
      await events.service.sql(
        'insert into security_events (user_id, id, type) select $1, gen_random_uuid(), unnest($2::text[])',
        [person.id, types],
      )
      const ofType = async (...request: Parameters<typeof resultsOf>) =>
        (await resultsOf(...request)).map((event) => [event.type, event.user])
      assert.deepEqual(await ofType({ type }, person), [[type, person.id]])
      assert.deepEqual(await ofType({ type, user: person.id }, events.superuser), [[type, person.id]])
      const from = new Date(Date.now() - 3_600_000).toISOString()
      const to = new Date(Date.now() + 3_600_000).toISOString()
      const query = { type, timestamp_after: from, timestamp_before: to }
      for (const ordering of ['timestamp', '-timestamp'])
        assert.deepEqual(await ofType({ ...query, ordering }, events.superuser), [[type, person.id]])
      await events.service.sql('delete from security_events where user_id = $1', [person.id])
    })
  }

  describeRecordAccess(() => events)
})
