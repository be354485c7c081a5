import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { NIL } from 'uuid'
import { TestService } from '../../support/service.ts'
import { addUser, type Person } from '../../support/users.ts'

export type Event = { id: string; type: string; user?: string; timestamp: string }
export type SecurityEvents = Awaited<ReturnType<typeof startWithEvents>>

export const firefox = 'Mozilla/5.0 (X11; Linux) Firefox/145.0'
const records = [
  ['user', '2026-03-01T12:00:00.000001Z', 'sign_in_failed', null, '203.0.113.7', firefox],
  ['user', '2026-03-01T12:00:00.000002Z', 'user_suspended', 'superuser', '203.0.113.70', 'the console 100% _raw_'],
  ['other', '2026-03-01T12:00:00.000003Z', 'sign_in_failed', null, '203.0.113.7', firefox],
  ['user', '2026-06-30T23:59:59Z', 'new_device', null, '2001:db8::1', 'ПРОБА äÖ'],
  ['nobody', '2026-07-01T00:00:00Z', 'sign_in_failed', null, '203.0.113.7', firefox],
  ['user', '2027-01-31T08:00:00.5Z', 'keys_rotated', null, null, null],
] as const
export const [failed1, suspended, failed2, device, failed3, rotated] = records.map(([, timestamp]) => timestamp)
/** The user's, the latest first. */
export const ofUser = [rotated, device, suspended, failed1]

/** A service with a few events: of two users, one of them by a superuser, and of nobody. */
export async function startWithEvents() {
  const service = await TestService.start()
  const [user, other] = [await addUser(service), await addUser(service)]
  const superuser = await addUser(service, { superuser: true })
  const ids = { user: user.id, other: other.id, superuser: superuser.id, nobody: NIL }
  for (const [who, timestamp, type, actor, ...client] of records) {
    await service.sql(
      'insert into security_events (user_id, id, timestamp, type, actor_id, ip_address, user_agent) values ($1, $2, $3, $4, $5, $6, $7)',
      [ids[who], randomUUID(), timestamp, type, actor && ids[actor], ...client],
    )
  }
  const list = (query: Record<string, string> = {}, person: Person = user) =>
    service.call('listSecurityEvents', { token: person.access, query })
  /** The moments of the events found. */
  const found = async (query: Record<string, string>, person: Person = user) => {
    const { status, body } = await list(query, person)
    assert.equal(status, 200, JSON.stringify(body))
    const results = body['results'] as Event[]
    assert.equal(body['count'], results.length)
    return results.map(({ timestamp }) => timestamp)
  }
  return { service, user, other, superuser, list, found }
}
