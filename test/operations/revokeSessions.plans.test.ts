import assert from 'node:assert/strict'
import * as queries from '../../generated/queries.ts'
import { TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'
import { explain, planModes, type Query } from './support/plans.ts'
import { fillSessions } from './support/sessions.ts'

const many = 20_000
const client = { ipAddress: '127.0.0.1', userAgent: 'test' }

/** The statements about sessions, and the number of a user's sessions that each may read at most. */
const statements: Record<string, [most: number, (one: { userId: string; sessionId: string }) => Query]> = {
  findPrincipals: [
    1,
    ({ userId, sessionId }) => queries.findPrincipals({ userIds: [userId], sessionIds: [sessionId] }),
  ],
  findLiveGeneration: [1, (one) => queries.findLiveGeneration({ ...one, generation: 1, grace: 30 })],
  lockActor: [1, ({ userId, sessionId }) => queries.lockActor({ actorId: userId, sessionId })],
  lockSignedInUser: [1, (one) => queries.lockSignedInUser(one)],
  rotateSession: [
    1,
    (one) => queries.rotateSession({ ...one, ...client, generation: 1, idleLifetime: 60, grace: 30, maxRetries: 2 }),
  ],
  saveSessionNetwork: [1, (one) => queries.saveSessionNetwork({ ...one, ipAddress: '192.0.2.1' })],
  endReusedSession: [1, (one) => queries.endReusedSession({ ...one, ...client, generation: 0, grace: 30 })],
  endSession: [1, (one) => queries.endSession({ ...one, endedBy: 'test' })],
  endLiveSession: [1, (one) => queries.endLiveSession({ ...one, endedBy: 'test' })],
  endSessionsExcept: [
    12_000,
    ({ userId, sessionId }) => queries.endSessionsExcept({ userId, keptId: sessionId, endedBy: 'test', batch: 1000 }),
  ],
}

// After many sign-ins in a short time, PostgreSQL plans for a small table until it has analyzed the table again.
describe('statements about 20,000 sessions before the first ANALYZE (security 93)', function () {
  this.timeout(120_000)
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
    await service.sql('alter table sessions set (autovacuum_enabled = false)')
    user = await addUser(service, { superuser: true })
    await fillSessions(service, user.id, many, { analyzed: false })
  })
  after(() => service.stop())

  for (const [name, [most, of]] of Object.entries(statements))
    for (const mode of planModes)
      it(`read at most ${most} of the sessions: ${name} (${mode})`, async () => {
        const nodes = await explain(service, mode, of({ userId: user.id, sessionId: user.sessionId }))
        const scans = nodes.filter((node) => node['Relation Name'] === 'sessions' && node['Node Type'].includes('Scan'))
        const rowsOf = (node: (typeof scans)[number]) =>
          (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
        const read = scans.reduce((rows, node) => rows + rowsOf(node), 0)
        assert.ok(read <= most, `${read} rows were read: ${JSON.stringify(scans.map((node) => node['Index Name']))}`)
      })
})
