import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertProblem, head } from '../support/answers.ts'
import { query } from '../support/database.ts'
import { TestService } from '../support/service.ts'

describe('getReadiness', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const isReady = async () => {
    const { status, body } = await service.call('getReadiness')
    assert.deepEqual([status, body], [200, { status: 'ok' }])
  }
  const isNotReady = async () => {
    const answer = await service.call('getReadiness')
    assertProblem(answer, 503, 'unavailable')
    assert.ok(Number(answer.headers.get('retry-after')) >= 1)
  }
  const onServer = (text: string, values: unknown[] = []) => query(process.env['TEST_DATABASE_URL'] ?? '', text, values)

  it('returns 200 without credentials while the database responds', async () => {
    await isReady()
    assert.equal((await head(service, '/health/ready')).status, 200)
  })

  it('returns 503 while a migration is missing', async () => {
    const [last] = await service.sql<{ number: number }>('select max(number) as number from migrations')
    await service.sql('update migrations set number = -number where number = $1', [last?.number])
    await isNotReady()
    await service.sql('update migrations set number = -number where number = -($1::integer)', [last?.number])
    await isReady()
  })

  it('returns 200 if the database has the schema of a newer release', async () => {
    await service.sql(`insert into migrations (number, name, checksum) values (9999, '9999_future.sql', '')`)
    await isReady()
    await service.sql('delete from migrations where number = 9999')
  })

  it('returns 503 if the database has no schema', async () => {
    await service.sql('alter table migrations rename to elsewhere')
    await isNotReady()
    await service.sql('alter table elsewhere rename to migrations')
    await isReady()
  })

  it('returns 503 while the database refuses connections, and 200 afterwards', async () => {
    const name = new URL(service.databaseUrl).pathname.slice(1)
    await onServer(`alter database ${name} allow_connections false`)
    await onServer('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    await isNotReady()
    await isNotReady()
    await onServer(`alter database ${name} allow_connections true`)
    const until = Date.now() + 5000
    while (Date.now() < until && (await service.call('getReadiness')).status !== 200) await sleep(50)
    await isReady()
  })
})
