import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { TestService } from '../../support/service.ts'
import { addUser, type Person } from '../../support/users.ts'

export type Log = { id: string; user: string; ip_address: string; user_agent: string; timestamp: string }
export type LoginLogs = Awaited<ReturnType<typeof startWithLogs>>

export const firefox = 'Mozilla/5.0 (X11; Linux) Firefox/145.0'
const records = [
  ['user', '2026-03-01T12:00:00.000001Z', '203.0.113.7', firefox],
  ['user', '2026-03-01T12:00:00.000002Z', '203.0.113.70', 'curl/8.5.0 100% _raw_'],
  ['other', '2026-03-01T12:00:00.000003Z', '203.0.113.7', firefox],
  ['user', '2026-06-30T23:59:59Z', '2001:db8::1', 'ПРОБА äÖ'],
  ['user', '2027-01-31T08:00:00.5Z', '2001:db8::1', ''],
] as const
export const [march1, march2, march3, june, january] = records.map(([, timestamp]) => timestamp)
/** The user's, the latest first. */
export const ofUser = [january, june, march2, march1]

/** A service with a few records of two users, and a superuser without any. */
export async function startWithLogs(options: { locale?: string } = {}) {
  const service = await TestService.start({}, options)
  const [user, other] = [await addUser(service), await addUser(service)]
  const superuser = await addUser(service, { superuser: true })
  for (const [who, ...values] of records) {
    await service.sql(
      'insert into login_logs (user_id, id, timestamp, ip_address, user_agent) values ($1, $2, $3, $4, $5)',
      [who === 'user' ? user.id : other.id, randomUUID(), ...values],
    )
  }
  const list = (query: Record<string, string> = {}, person: Person = user) =>
    service.call('listLoginLogs', { token: person.access, query })
  /** The moments of the records found. */
  const found = async (query: Record<string, string>, person: Person = user) => {
    const { status, body } = await list(query, person)
    assert.equal(status, 200, JSON.stringify(body))
    const results = body['results'] as Log[]
    assert.equal(body['count'], results.length)
    return results.map(({ timestamp }) => timestamp)
  }
  return { service, user, other, superuser, list, found }
}
