import assert from 'node:assert/strict'
import { describeRecordAccess } from './support/describeRecords.ts'
import { onlyPage } from './support/listReader.ts'
import { firefox, moments, startWithRecords, type Log, type Records } from './support/records.ts'

describe('listLoginLogs', () => {
  let logs: Records

  before(async () => {
    logs = await startWithRecords('listLoginLogs')
  })
  after(() => logs.service.stop())

  it('returns a page of the user’s own sign-ins with exactly the documented members', async () => {
    const { status, body, headers } = await logs.read()
    assert.equal(status, 200)
    const results = body['results'] as Log[]
    assert.deepEqual({ ...body, results: [] }, { count: 4, ...onlyPage, results: [] })
    assert.ok(results.every((log) => log.user === logs.user.id && /^[0-9a-f-]{36}$/.test(log.id)))
    const [, , , { id: _, ...last } = {}] = results
    assert.deepEqual(last, {
      user: logs.user.id,
      ip_address: '203.0.113.7',
      user_agent: firefox,
      timestamp: moments.march1,
    })
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  describeRecordAccess(() => logs)
})
