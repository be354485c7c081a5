import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { moments, startWithRecords, type Records } from './support/records.ts'

// In Turkish, the lower case of I is ı.
describe('the filters of lists in a Turkish database', () => {
  let logs: Records

  before(async () => {
    logs = await startWithRecords('listLoginLogs', { locale: 'tr-TR' })
  })
  after(() => logs.service.stop())

  it('find a User-Agent in any case, with ASCII letters and others', async () => {
    const [folded] = await logs.service.sql<{ i: string }>(`select lower('I') as i`)
    assert.equal(folded?.i, 'ı')
    assert.deepEqual(await logs.momentsOf({ user_agent: 'FIREFOX' }), [moments.march1])
    assert.deepEqual(await logs.momentsOf({ user_agent: 'проба ÄÖ' }), [moments.june])
  })

  it('find a security event by its User-Agent in any case', async () => {
    const agents = ['INTERNET Explorer', 'internet explorer']
    for (const agent of agents)
      await logs.service.sql(
        `insert into security_events (user_id, id, type, user_agent, ip_address) values ($1, $2, 'new_device', $3, '192.0.2.1')`,
        [logs.user.id, randomUUID(), agent],
      )
    for (const user_agent of ['INTERNET', 'internet', 'Internet'])
      for (const { access } of [logs.user, logs.superuser]) {
        const query = { user_agent, type: 'new_device' }
        const { body } = await logs.service.call('listSecurityEvents', { token: access, query })
        assert.equal(body['count'], 2)
      }
  })

  it('find users by a fragment in any case', async () => {
    await logs.service.sql(`update users set search_text = 'ilgi@example.com' where id = $1`, [logs.other.id])
    const { body } = await logs.service.call('listUsers', { token: logs.superuser.access, query: { search: 'ILGI' } })
    assert.equal(body['count'], 1)
  })
})
