import assert from 'node:assert/strict'
import { head } from '../support/answers.ts'
import { query } from '../support/database.ts'
import { TestService } from '../support/service.ts'

describe('getLiveness', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  it('returns 200 without credentials, and forbids caching', async () => {
    const { status, body, headers } = await service.call('getLiveness')
    assert.deepEqual([status, body], [200, { status: 'ok' }])
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal((await head(service, '/health/live')).status, 200)
  })

  it('returns 200 without a database', async () => {
    const server = process.env['TEST_DATABASE_URL'] ?? ''
    const name = new URL(service.databaseUrl).pathname.slice(1)
    await query(server, `alter database ${name} allow_connections false`)
    await query(server, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    const { status } = await service.call('getLiveness')
    await query(server, `alter database ${name} allow_connections true`)
    assert.equal(status, 200)
  })
})
