import assert from 'node:assert/strict'
import { createTestDatabase, query } from '../support/database.ts'
import { assertProblem } from '../support/answers.ts'
import { TestService, type Answer, type SignedIn } from '../support/service.ts'
import { operations, type Operation } from '../support/operations.ts'
import { Proxy } from './support/proxy.ts'

const tables = 'users emails registrations mails codes sessions login_logs security_events'.split(' ')
const patience = 5000

describe('errors', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let proxy: Proxy
  let service: TestService
  let user: SignedIn
  let signedOut: { refresh: string }
  before(async () => {
    database = await createTestDatabase()
    proxy = await Proxy.start(database.url)
    service = await TestService.start({ DATABASE_URL: proxy.url, REFRESH_GRACE: '1d' })
    user = await service.signedIn()
    signedOut = await service.signIn(user.email)
  })
  after(async () => {
    await proxy.heal()
    await service.stop()
    await proxy.refuse()
    await database.drop()
  })

  /** Calls an operation with what reaches its first statement: the contract's example, with a live token and a well-formed code. */
  async function call({ id, example, secured }: Operation): Promise<Answer & { ms: number }> {
    const began = performance.now()
    const code = Buffer.alloc(36, 7).toString('base64url')
    const real: Record<string, string> = {
      code,
      refresh: (id === 'revokeToken' ? signedOut : user).refresh,
      token: user.access,
    }
    const members = Object.entries(example ?? {}).map(([name, value]) => [name, real[name] ?? value] as const)
    const answer = await service.call(id, {
      ...(example ? { body: Object.fromEntries(members) } : {}),
      ...(id === 'activateUser' ? { query: { code } } : {}),
      ...(secured ? { token: user.access } : {}),
    })
    return { ...answer, ms: performance.now() - began }
  }

  const documenting = (status: number) => operations.filter(({ statuses }) => statuses.includes(status))
  const others = (status: number) => operations.filter(({ statuses }) => !statuses.includes(status)).map(({ id }) => id)

  function assertUnavailable(answer: Answer & { ms: number }, id: string): void {
    assert.ok(answer.ms < patience, `${id} took ${answer.ms} ms`)
    assertProblem(answer, 503, 'unavailable')
    assert.equal(answer.headers.get('retry-after'), '5')
  }

  async function assertAllWell(): Promise<void> {
    for (const operation of operations) {
      const { status, body } = await call(operation)
      assert.ok(status < 500, `${operation.id}: ${status} ${JSON.stringify(body)}`)
    }
  }

  it('document 503 for all operations but three, and 500 for all but five', () => {
    const noDatabase = ['getLiveness', 'getContract', 'getContractJson']
    assert.deepEqual(others(503), noDatabase)
    assert.deepEqual(others(500), ['getJwks', 'getLiveness', 'getReadiness', 'getContract', 'getContractJson'])
  })

  describe('without its tables (security 81)', () => {
    const rename = (from: string, to: string) =>
      tables.map((table) => `alter table ${table}${from} rename to ${table}${to}`)
    before(() => query(database.url, rename('', '_away').join('; ')))
    after(() => query(database.url, rename('_away', '').join('; ')))

    for (const operation of documenting(500)) {
      it(`${operation.id} returns 500 and reveals nothing`, async () => {
        const answer = await call(operation)
        assertProblem(answer, 500, 'internal')
        assert.deepEqual(Object.keys(answer.body).sort(), ['code', 'detail', 'request_id', 'status', 'title', 'type'])
        assert.doesNotMatch(JSON.stringify(answer.body), /relation|table|sql|select|42P01|users/i)
      })
    }
  })

  describe('with its tables back', () => {
    it('succeed again', assertAllWell)
  })

  it('are returned by readiness alone, as 503, when migrations are missing', async () => {
    await query(database.url, 'alter table migrations rename to migrations_away')
    assertProblem(await service.call('getReadiness'), 503, 'unavailable')
    await query(database.url, 'create table migrations as select * from migrations_away where number < 1')
    assertProblem(await service.call('getReadiness'), 503, 'unavailable')
    assert.equal((await service.call('getMe', { token: user.access })).status, 200)
    await query(database.url, 'drop table migrations; alter table migrations_away rename to migrations')
    assert.equal((await service.call('getReadiness')).status, 200)
  })

  const lossy = documenting(503).filter(({ id }) => id !== 'getJwks')

  describe('with the database’s connections refused', () => {
    before(() => proxy.refuse())
    after(() => proxy.heal())

    for (const operation of lossy) {
      it(`${operation.id} returns 503 in time`, async () => {
        assertUnavailable(await call(operation), operation.id)
      })
    }

    it('leave liveness, contract and loaded keys available', async () => {
      for (const id of ['getLiveness', 'getContract', 'getContractJson', 'getJwks'] as const) {
        assert.equal((await service.call(id)).status, 200, id)
      }
    })
  })

  describe('afterwards', () => {
    it('end once the database accepts connections', assertAllWell)

    it('are 503 in time, in parallel too, when the database is silent', async () => {
      proxy.fallSilent()
      const live = service.call('getLiveness')
      const answers = await Promise.all(
        lossy.map(async (operation) => ({ id: operation.id, answer: await call(operation) })),
      )
      await proxy.heal()
      assert.equal((await live).status, 200)
      for (const { id, answer } of answers) assertUnavailable(answer, id)
      await assertAllWell()
    })

    it('are 503 when the database accepts no connections', async () => {
      const server = process.env['TEST_DATABASE_URL'] ?? ''
      const name = new URL(database.url).pathname.slice(1)
      await query(server, `alter database ${name} allow_connections false`)
      await query(server, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
      const answers = await Promise.all(
        lossy.map(async (operation) => ({ id: operation.id, answer: await call(operation) })),
      )
      await query(server, `alter database ${name} allow_connections true`)
      for (const { id, answer } of answers) assertUnavailable(answer, id)
      await assertAllWell()
    })

    it('are 503 for running requests only, when connections are cut', async () => {
      for (let round = 0; round < 5; round++) {
        proxy.cut()
        const { status } = await service.call('getMe', { token: user.access })
        assert.ok(status === 200 || status === 503, String(status))
      }
      await assertAllWell()
    })
  })
})
