import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { june, march1, startWithLogs, type LoginLogs } from './support/loginLogs.ts'

// Where the small letter of I is ı.
describe('log filters on a Turkish database', () => {
  let logs: LoginLogs

  before(async () => {
    logs = await startWithLogs({ locale: 'tr-TR' })
  })
  after(() => logs.service.stop())

  it('finds a User-Agent in any case, for ASCII and beyond', async () => {
    const [folded] = await logs.service.sql<{ i: string }>(`select lower('I') as i`)
    assert.equal(folded?.i, 'ı')
    assert.deepEqual(await logs.found({ user_agent: 'FIREFOX' }), [march1])
    assert.deepEqual(await logs.found({ user_agent: 'проба ÄÖ' }), [june])
  })

  it('finds a security event in any case', async () => {
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

  it('finds users by a fragment in any case', async () => {
    await logs.service.sql(`update users set search_text = 'ilgi@example.com' where id = $1`, [logs.other.id])
    const { body } = await logs.service.call('listUsers', { token: logs.superuser.access, query: { search: 'ILGI' } })
    assert.equal(body['count'], 1)
  })
})
