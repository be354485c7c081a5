import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Proxy } from './http/support/proxy.ts'
import { createTestDatabase } from './support/database.ts'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')
const strong = 'a secret key that is long enough for production'

describe('npm start', function () {
  this.timeout(60_000)
  let folder: string
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  const children: Start[] = []
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-start-'))
    await chmod(folder, 0o755) // PostgreSQL runs as another user for root
    database = await createTestDatabase()
  })
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Starts the service as npm start does, in an empty folder, on any free port. */
  function start(settings: Record<string, string>): Start {
    const own = { DATA_DIR: join(folder, 'data'), PORT: '0', LOG_LEVEL: 'error' }
    const { PATH = '' } = process.env
    const child = new Start(spawn(process.execPath, [main], { cwd: folder, env: { PATH, ...own, ...settings } }))
    children.push(child)
    return child
  }
  const onDatabase = (settings: Record<string, string> = {}) => start({ DATABASE_URL: database.url, ...settings })

  const withUrl = (change: (url: URL) => void): string => {
    const url = new URL(database.url)
    change(url)
    return url.href
  }

  describe('on the embedded database', () => {
    it('says where everything is, and serves', async () => {
      const service = start({})
      const url = await service.url()
      const lines = service.stdout.trimEnd().split('\n')
      assert.match(lines[0] ?? '', /^Gatehouse {2}http:\/\/127\.0\.0\.1:\d+$/)
      assert.equal(lines[1], `Docs       ${url}/docs/`)
      assert.match(
        lines[2] ?? '',
        new RegExp(`^Database   embedded PostgreSQL in .+${folder.split('/').at(-1) ?? ''}.*`),
      )
      assert.match(lines[3] ?? '', /^Mail {7}\S/)
      assert.equal(lines.length, 4)
      assert.equal((await fetch(`${url}/health/ready`)).status, 200)

      const second = onDatabase({ PORT: new URL(url).port })
      assert.equal(await second.ended, 1)
      assertSentence(second, new RegExp(`^Port ${new URL(url).port} on 127\\.0\\.0\\.1 is in use`))
      const same = start({})
      assert.equal(await same.ended, 1)
      assertSentence(same, /DATA_DIR|already/)
      assert.equal((await fetch(`${url}/health/ready`)).status, 200)

      service.kill('SIGTERM')
      assert.equal(await service.ended, 0)
      assert.equal(service.stderr, '')
      await assertStopped(service)
    })

    it('refuses another SECRET_KEY than the database was set up with, and stops what it started', async () => {
      const service = start({ SECRET_KEY: strong })
      assert.equal(await service.ended, 1)
      assertSentence(service, /^SECRET_KEY does not decrypt the signing key .* in the database: start with/)
      await assertStopped(service)
    })
  })

  /** Nothing runs on DATA_DIR any more. */
  async function assertStopped(service: Start): Promise<void> {
    await assert.rejects(access(join(folder, 'data', 'postgres', 'postmaster.pid')), { code: 'ENOENT' }, service.stderr)
  }

  describe('stops with a readable sentence, never a stack trace', () => {
    const cases: [fault: string, pattern: RegExp, start: () => Start | Promise<Start>][] = [
      [
        'a malformed setting',
        /^1 wrong setting:\n {2}PORT .*\n {4}for example: 8000$/,
        () => onDatabase({ PORT: 'http' }),
      ],
      [
        'several malformed settings, all of them',
        /^3 wrong settings:\n {2}(PORT|REFRESH_GRACE|RATE_LIMITS|LOG_LEVEL)[\s\S]*LOG_LEVEL/,
        () => onDatabase({ PORT: '70000', REFRESH_GRACE: 'soon', LOG_LEVEL: 'loud' }),
      ],
      [
        'a weak SECRET_KEY in production',
        /SECRET_KEY is weak/,
        () => onDatabase({ NODE_ENV: 'production', SECRET_KEY: 'abc' }),
      ],
      ['no SECRET_KEY in production', /SECRET_KEY is missing/, () => onDatabase({ NODE_ENV: 'production' })],
      [
        'a wrong password',
        /^The database .* refuses the password/,
        () =>
          start({
            DATABASE_URL: withUrl((url) => {
              url.password = 'wrong'
            }),
          }),
      ],
      [
        'a database that is not there',
        /^The database .* does not have this database/,
        () =>
          start({
            DATABASE_URL: withUrl((url) => {
              url.pathname = '/nowhere'
            }),
          }),
      ],
      [
        'a HOST of another machine',
        /^HOST 192\.0\.2\.1 is not an address of this machine/,
        () => onDatabase({ HOST: '192.0.2.1' }),
      ],
      [
        'a DATA_DIR that cannot be one, for its key',
        /secret_key cannot be written/,
        async () => {
          await writeFile(join(folder, 'file'), '')
          return onDatabase({ DATA_DIR: join(folder, 'file') })
        },
      ],
      [
        'a DATA_DIR that cannot be one, for its database',
        /file/,
        () => start({ DATA_DIR: join(folder, 'file'), SECRET_KEY: strong }),
      ],
    ]
    for (const [fault, pattern, begin] of cases) {
      it(fault, async () => {
        const service = await begin()
        assert.equal(await service.ended, 1)
        assertSentence(service, pattern)
      })
    }
  })

  it('waits for a database that is down: alive, not ready, then at work without a restart (F1)', async () => {
    const proxy = await Proxy.start(database.url)
    await proxy.refuse()
    const port = await freePort()
    const service = start({ DATABASE_URL: proxy.url, PORT: String(port), SECRET_KEY: strong })
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

  it('ends by SIGTERM with code 0 while it still waits for its database', async () => {
    const service = start({
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

/** A service that runs as a process of its own, and what it says. */
class Start {
  stdout = ''
  stderr = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.on('data', (text: Buffer) => {
      this.stdout += text.toString()
    })
    child.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString()
    })
    this.ended = once(child, 'close').then(([code]) => code as number | null)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async says(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> {
    for (const until = Date.now() + 30_000; Date.now() < until && this.#child.exitCode === null;) {
      const found = pattern.exec(this[stream])
      if (found) return found[1] ?? ''
      await sleep(10)
    }
    throw new Error(`it does not say ${String(pattern)}: ${this.stdout}${this.stderr}`)
  }

  /** Once all of the four lines are there. */
  url(): Promise<string> {
    return this.says('stdout', /^Gatehouse {2}(\S+)\n[\s\S]*^Mail .*\n/m)
  }
}

function assertSentence({ stdout, stderr }: Start, pattern: RegExp): void {
  assert.match(stderr.trimEnd(), pattern)
  assert.doesNotMatch(stderr, /^\s+at |node:internal|\.ts:\d/m)
  assert.ok(stderr.length < 1500, stderr)
  assert.equal(stdout, '')
}

async function freePort(): Promise<number> {
  const proxy = await Proxy.start('postgres://127.0.0.1:1/x')
  await proxy.refuse()
  return proxy.port
}
