import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { NIL } from 'uuid'
import { TestService } from '../../support/service.ts'
import { addUser, type Person } from '../../support/users.ts'

export type Log = { id: string; user: string; ip_address: string; user_agent: string; timestamp: string }
export type Event = { id: string; type: string; user?: string; timestamp: string }
/** A service with the records below, and functions that read one of the two lists. */
export type Records = Awaited<ReturnType<typeof startWithRecords>>
export type RecordList = 'listLoginLogs' | 'listSecurityEvents'

export const firefox = 'Mozilla/5.0 (X11; Linux) Firefox/145.0'
const [march1, march2] = ['2026-03-01T12:00:00.000001Z', '2026-03-01T12:00:00.000002Z']
const [march3, june, july] = [
  '2026-03-01T12:00:00.000003Z',
  '2026-06-30T23:59:59.000000Z',
  '2026-07-01T00:00:00.000000Z',
]
const january = '2027-01-31T08:00:00.500000Z'
/**
 * The timestamps of the records. Those of March 1 are a microsecond apart. The record of `march3` belongs to another
 * user, and that of `july` to no user.
 */
export const moments = { march1, march2, march3, june, july, january }
/** The timestamps of the user's records, the latest first. */
export const ofUser = [january, june, march2, march1]

const logs = [
  ['user', march1, '203.0.113.7', firefox],
  ['user', march2, '203.0.113.70', 'curl/8.5.0 100% _raw_'],
  ['other', march3, '203.0.113.7', firefox],
  ['user', june, '2001:db8::1', 'ПРОБА äÖ'],
  ['user', january, '2001:db8::1', ''],
] as const
const events = [
  ['user', march1, '203.0.113.7', firefox, 'sign_in_failed', null],
  ['user', march2, '203.0.113.70', 'the console 100% _raw_', 'user_suspended', 'superuser'],
  ['other', march3, '203.0.113.7', firefox, 'sign_in_failed', null],
  ['user', june, '2001:db8::1', 'ПРОБА äÖ', 'new_device', null],
  ['unknown', july, '203.0.113.7', firefox, 'sign_in_failed', null],
  ['user', january, null, null, 'keys_rotated', null],
] as const

/** Starts a service with a few records of two users, and a superuser without any. */
export async function startWithRecords(list: RecordList, options: { locale?: string } = {}) {
  const service = await TestService.start({}, options)
  const [user, other] = [await addUser(service), await addUser(service)]
  const superuser = await addUser(service, { superuser: true })
  const ids = { user: user.id, other: other.id, superuser: superuser.id, unknown: NIL }
  if (list === 'listLoginLogs')
    for (const [owner, ...values] of logs)
      await service.sql(
        `insert into login_logs (user_id, id, timestamp, ip_address, user_agent)
         values ($1, gen_random_uuid(), $2, $3, $4)`,
        [ids[owner], ...values],
      )
  else
    for (const [owner, timestamp, ip, agent, type, actor] of events)
      await service.sql(
        `insert into security_events (user_id, id, timestamp, ip_address, user_agent, type, actor_id)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [ids[owner], randomUUID(), timestamp, ip, agent, type, actor && ids[actor]],
      )
  const read = (query: Record<string, string> = {}, person: Person = user) =>
    service.call(list, { token: person.access, query })
  /** Returns the timestamps of the records that match a query, which must fit on one page. */
  const momentsOf = async (query: Record<string, string>, person: Person = user) => {
    const { status, body } = await read(query, person)
    assert.equal(status, 200, JSON.stringify(body))
    const results = body['results'] as (Log | Event)[]
    assert.equal(body['count'], results.length)
    return results.map(({ timestamp }) => timestamp)
  }
  return { list, service, user, other, superuser, read, momentsOf }
}

/** Malformed values of the parameters that both lists accept. */
export const refusedRecordParameters = {
  timestamp_after: [
    'yesterday',
    ...['2026-03-01', '2026-03-01T12:00:00', '2026-02-30T12:00:00Z', '2026-03-01T25:00:00Z'],
    ...['2026-03-01T12:00:00 02:00', '1772366400', '-infinity'],
  ],
  timestamp_before: [
    'now',
    ...['2026-03-01 12:00', '2026-03-01T12:00:60Z', '2026-03-01T12:00:00+24:00', '12026-03-01T12:00:00Z'],
  ],
  ip_address: [
    ...['203.0.113.7/32', '203.0.113', '203.0.113.256', '203.0.113.7:80'],
    ...['::g', '1::2::3', 'localhost', 'fe80::1%eth0', '[::1]'],
  ],
  user: [
    ...['abc', '1', '0198f3a2-5d40-7c11-8e2a-94b7c3d5f60'],
    ...['urn:uuid:0198f3a2-5d40-7c11-8e2a-94b7c3d5f601', '{0198f3a2-5d40-7c11-8e2a-94b7c3d5f601}'],
  ],
  user_agent: ['a\u0000b', 'a\nb', 'x'.repeat(257)],
  ordering: ['id', '-id', '+timestamp', 'TIMESTAMP', '-timestamp,id', 'timestamp desc', 'type'],
}
