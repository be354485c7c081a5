import assert from 'node:assert/strict'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { Proxy } from '../http/support/proxy.ts'
import { assertSentence, StartRoom, type Start } from '../support/start.ts'

const strong = 'a secret key that is long enough for production'

describe('npm start', function () {
  this.timeout(60_000)
  const room = new StartRoom()

  describe('npm start on the embedded database', () => {
    it('prints its URLs and folders, and serves requests', async () => {
      const service = room.start({})
      const url = await service.url()
      const lines = service.stdout.trimEnd().split('\n')
      assert.match(lines[0] ?? '', /^Gatehouse {2}http:\/\/127\.0\.0\.1:\d+$/)
      assert.match(
        lines[1] ?? '',
        new RegExp(`^Database   embedded PostgreSQL in .+${room.folder.split('/').at(-1) ?? ''}.*`),
      )
      assert.match(lines[2] ?? '', /^Mail {7}\S/)
      assert.equal(lines[3], 'Passwords  no block list')
      const base = url.replace('127.0.0.1', 'localhost')
      assert.deepEqual(lines.slice(4), [
        '',
        `Start page ${base}/`,
        `Sign up    ${base}/account/register/`,
        `Docs       ${base}/docs/`,
        `Mails      ${base}/mails/`,
        `Console    ${base}/console/`,
      ])
      assert.equal((await fetch(`${url}/health/ready`)).status, 200)

      const second = room.startOnDatabase({ PORT: new URL(url).port })
      assert.equal(await second.ended, 1)
      assertSentence(second, new RegExp(`^Port ${new URL(url).port} on 127\\.0\\.0\\.1 is in use`))
      const same = room.start({})
      assert.equal(await same.ended, 1)
      assertSentence(same, /DATA_DIR|already/)
      const began = performance.now()
      const cluster = room.start({ WORKERS: '2' })
      assert.equal(await cluster.ended, 1)
      assertSentence(cluster, /DATA_DIR|already/)
      assert.ok(performance.now() - began < 15_000, 'the serving process waits for the database that cannot start')
      assert.equal((await fetch(`${url}/health/ready`)).status, 200)

      service.kill('SIGTERM')
      assert.equal(await service.ended, 0)
      assert.equal(service.stderr, '')
      await assertStopped(service)
    })

    it('stops together with PostgreSQL if SECRET_KEY does not decrypt the signing keys', async () => {
      const service = room.start({ SECRET_KEY: strong })
      assert.equal(await service.ended, 1)
      assertSentence(service, /^SECRET_KEY does not decrypt the signing key .* in the database: start with/)
      await assertStopped(service)
    })
  })

  /** Asserts that no PostgreSQL runs in DATA_DIR any more. */
  async function assertStopped(service: Start): Promise<void> {
    await assert.rejects(
      access(join(room.folder, 'data', 'postgres', 'postmaster.pid')),
      { code: 'ENOENT' },
      service.stderr,
    )
  }

  it('waits for an unavailable database, and reports itself alive but not ready', async () => {
    const proxy = await Proxy.start(room.databaseUrl)
    await proxy.refuse()
    const port = await freePort()
    const service = room.start({ DATABASE_URL: proxy.url, PORT: String(port), SECRET_KEY: strong })
    await service.says('stderr', /\n/)
    assert.match(
      service.stderr,
      /^The database gatehouse@127\.0\.0\.1:\d+\/\w+ does not answer \(ECONNREFUSED\): .* Trying again every second; until then requests get 503\.\n$/,
    )
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
    assert.deepEqual(
      await Promise.all(['/health/live', '/openapi.yaml', '/health/ready', '/.well-known/jwks.json'].map(status)),
      [200, 200, 503, 503],
    )
    await proxy.heal()
    assert.equal(await service.url(), `http://127.0.0.1:${port}`)
    assert.deepEqual(await Promise.all(['/health/ready', '/.well-known/jwks.json'].map(status)), [200, 200])
    assert.equal(service.stderr.split('\n').length, 2)
    assert.match(service.stdout, /^Database   gatehouse@127/m)
    service.kill('SIGINT')
    assert.equal(await service.ended, 0)
    await proxy.refuse()
  })

  it('reports that it waits for another migration, and ends on SIGTERM', async () => {
    const other = new pg.Client(room.databaseUrl)
    await other.connect()
    await other.query('select pg_advisory_lock(4283646378)')
    const service = room.startOnDatabase({ SECRET_KEY: strong })
    await service.says('stderr', /\n/)
    assert.match(
      service.stderr,
      /^Another Gatehouse is migrating this database \(PostgreSQL’s process \d+, since .*Trying again .* requests get 503\.\n$/,
    )
    service.kill('SIGTERM')
    assert.equal(await service.ended, 0)
    await other.end()
  })

  it('exits with 0 on SIGTERM while it waits for its database', async () => {
    const service = room.start({
      DATABASE_URL: `postgres://nobody:secret@127.0.0.1:${await freePort()}/none`,
      SECRET_KEY: strong,
    })
    await service.says('stderr', /Trying again/)
    assert.doesNotMatch(service.stderr, /secret/)
    service.kill('SIGTERM')
    assert.equal(await service.ended, 0)
    assert.equal(service.stderr.trimEnd().split('\n').length, 1)
  })
})

async function freePort(): Promise<number> {
  const proxy = await Proxy.start('postgres://127.0.0.1:1/x')
  await proxy.refuse()
  return proxy.port
}
