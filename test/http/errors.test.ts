import assert from 'node:assert/strict'
import { createTestDatabase, query } from '../support/database.ts'
import { assertProblem } from '../support/answers.ts'
import { TestService, type Answer, type SignedIn } from '../support/service.ts'
import { operations, type Operation } from '../support/operations.ts'
import { Proxy } from './support/proxy.ts'

const tables = 'users emails registrations mails codes sessions login_logs security_events'.split(' ')
const patience = 5000

describe('operations when the database fails', () => {
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

  /** Calls an operation with the contract's example, a live token and a well-formed code, so that it uses a table. */
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

  it('document a 503, except four of them, and a 500, except six of them', () => {
    const noDatabase = ['getDiscovery', 'getLiveness', 'getContract', 'getContractJson']
    assert.deepEqual(others(503), noDatabase)
    assert.deepEqual(others(500), [
      'getJwks',
      'getDiscovery',
      'getLiveness',
      'getReadiness',
      'getContract',
      'getContractJson',
    ])
  })

  describe('while tables are missing (security 81)', () => {
    const rename = (from: string, to: string) =>
      tables.map((table) => `alter table ${table}${from} rename to ${table}${to}`)
    before(() => query(database.url, rename('', '_away').join('; ')))
    after(() => query(database.url, rename('_away', '').join('; ')))

    for (const operation of documenting(500)) {
      it(`return 500 without details: ${operation.id}`, async () => {
        const answer = await call(operation)
        assertProblem(answer, 500, 'internal')
        assert.deepEqual(Object.keys(answer.body).sort(), ['code', 'detail', 'request_id', 'status', 'title', 'type'])
        assert.doesNotMatch(JSON.stringify(answer.body), /relation|table|sql|select|42P01|users/i)
      })
    }
  })

  describe('after missing tables were restored', () => {
    it('work again', assertAllWell)
  })

  it('work while migrations are missing, except that getReadiness returns 503', async () => {
    await query(database.url, 'alter table migrations rename to migrations_away')
    assertProblem(await service.call('getReadiness'), 503, 'unavailable')
    await query(database.url, 'create table migrations as select * from migrations_away where number < 1')
    assertProblem(await service.call('getReadiness'), 503, 'unavailable')
    assert.equal((await service.call('getMe', { token: user.access })).status, 200)
    await query(database.url, 'drop table migrations; alter table migrations_away rename to migrations')
    assert.equal((await service.call('getReadiness')).status, 200)
  })

  const lossy = documenting(503).filter(({ id }) => id !== 'getJwks')

  describe('while the database refuses connections', () => {
    before(() => proxy.refuse())
    after(() => proxy.heal())

    for (const operation of lossy) {
      it(`return 503 within 5 s: ${operation.id}`, async () => {
        assertUnavailable(await call(operation), operation.id)
      })
    }

    it('return 200 if they need no database: liveness, contract, loaded keys', async () => {
      for (const id of ['getLiveness', 'getContract', 'getContractJson', 'getJwks', 'getDiscovery'] as const) {
        assert.equal((await service.call(id)).status, 200, id)
      }
    })
  })

  describe('after the database was available again', () => {
    it('work again', assertAllWell)
  })

  describe('when the database fails in other ways', () => {
    it('return 503 to parallel requests within 5 s if the database does not respond', async () => {
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

    it('return 503 if PostgreSQL does not allow connections to the database', async () => {
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

    it('return 503 only for requests in progress if connections are lost', async () => {
      for (let round = 0; round < 5; round++) {
        proxy.cut()
        const { status } = await service.call('getMe', { token: user.access })
        assert.ok(status === 200 || status === 503, String(status))
      }
      await assertAllWell()
    })
  })
})
