import { randomUUID } from 'node:crypto'
import type { Call } from './call.ts'
import { readList, testList, testPages, testRefusedQueries, type Item, type List, type Session } from './lists.ts'

export const loginLog: List = { operationId: 'listLoginLogs', path: '/api/v1/logs/login/' }
export const securityEvents: List = { operationId: 'listSecurityEvents', path: '/api/v1/logs/security/' }

/** Tests the order, the pages and the filters of a log. */
export async function testLog(call: Call, session: Session, log: List): Promise<void> {
  const { token, isSuperuser } = session
  await testList(call, session, log)
  await testRecords(call, session, log, session.id)
  await testRefusedQueries(call, token, log, ['ordering=email', 'timestamp_after=today', 'ip_address=::::'])
  const request = { token, path: `${log.path}?user=${randomUUID()}` }
  await call(log.operationId, "another user's records", isSuperuser ? 200 : '403 permission_denied', request)
}

/** Tests the records of a user. `timestamp_before` leaves out the records that are added during the test. */
export async function testRecords(call: Call, session: Session, log: List, user: string): Promise<void> {
  const { token } = session
  const latest = await readList(call, token, { ...log, query: { user } }, 'the default order', descends)
  const [newest] = latest
  if (!newest) return
  const own = { ...log, query: { user, timestamp_before: String(newest['timestamp']) } }
  const withQuery = (query: Record<string, string>) => ({ ...own, query: { ...own.query, ...query } })
  const descending = await testPages(call, session, withQuery({ ordering: '-timestamp' }))
  const ascending = await testPages(call, session, withQuery({ ordering: 'timestamp' }))
  await readList(call, token, own, 'at or before the newest', (items) => [
    ...differsFrom(items, latest, 'the records at or before the newest'),
    ...differsFrom(descending, latest, 'the records in descending order'),
    ...(latest.length < 100 ? differsFrom(ascending, latest.toReversed(), 'the records in ascending order') : []),
  ])
  await testFilters(call, token, own, latest.find((record) => 'user_agent' in record) ?? newest)
}

/** Tests that each filter finds the given record, and no record that does not match. */
async function testFilters(call: Call, token: string, log: List, record: Item): Promise<void> {
  const { timestamp, ip_address: ipAddress, user_agent: userAgent, type, user } = record as Record<string, string>
  const at = timestamp ?? ''
  const matching = [
    { timestamp_after: at, timestamp_before: at },
    ...(ipAddress ? [{ ip_address: ipAddress }] : []),
    ...(userAgent ? [{ user_agent: userAgent.slice(1, 20).toUpperCase() }] : []),
    ...(type ? [{ type }] : []),
  ] as Record<string, string>[]
  for (const filter of matching) {
    const list = { ...log, query: { ...log.query, ...filter } }
    await readList(call, token, list, `filtered by ${Object.keys(filter).join(' and ')}`, (items) => [
      ...(items.some(({ id }) => id === record.id) ? [] : [`the matching record ${record.id} is missing`]),
      ...items.flatMap((item) => findMismatch(item, { ...filter, ...(user ? { user } : {}) })),
    ])
  }
  const missing = [
    { user_agent: randomUUID() },
    { ip_address: '192.0.2.255' },
    { timestamp_after: '9000-01-01T00:00:00Z' },
  ]
  for (const filter of missing as Record<string, string>[]) {
    const list = { ...log, query: { ...log.query, ...filter } }
    const title = `filtered by ${Object.keys(filter).join()}, without a match`
    await readList(call, token, list, title, (items) => (items.length === 0 ? [] : ['records that do not match']))
  }
}

function findMismatch(item: Item, filter: Record<string, string>): string[] {
  const { timestamp_after: after, timestamp_before: before, user_agent: fragment, ...equal } = filter
  const timestamp = String(item['timestamp'])
  const isInTime = (after === undefined || timestamp >= after) && (before === undefined || timestamp <= before)
  const isLike = fragment === undefined || String(item['user_agent']).toUpperCase().includes(fragment)
  const isEqual = Object.entries(equal).every(([name, value]) => item[name] === value)
  return isInTime && isLike && isEqual ? [] : [`the record ${item.id} does not match`]
}

function descends(items: Item[]): string[] {
  const times = items.map(({ timestamp }) => String(timestamp))
  return times.every((time, at) => at === 0 || time <= (times[at - 1] ?? '')) ? [] : ['the latest is not the first']
}

function differsFrom(items: Item[], expected: Item[], name: string): string[] {
  const [given, wanted] = [items, expected].map((list) => list.map(({ id }) => id).join())
  return given === wanted ? [] : [`${name} are ${given || 'none'} instead of ${String(wanted)}`]
}
