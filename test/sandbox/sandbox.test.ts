import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { requestText, sendRaw } from '../http/support/raw.ts'
import { query } from '../support/database.ts'
import { importsOf } from '../support/imports.ts'
import { TestService } from '../support/service.ts'

const password = 'correct horse battery staple'
const users = `users:
  - { email: Ann@example.com, password: ${password}, first_name: Ann, is_superuser: true }
  - { email: bob@example.com, password: ${password}, is_active: false }
`

type Answer = { status: number; body: Record<string, unknown> }

describe('the sandbox', () => {
  let [folder, file] = ['', '']
  let sandbox: Sandbox

  const environment = () => ({ PORT: '0', DATABASE_URL: process.env['TEST_DATABASE_URL'] })
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-fixture-'))
    file = join(folder, 'users.yaml')
    await writeFile(file, users)
    sandbox = await startSandbox(environment(), file)
  })
  after(async () => {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    assert.equal((await post('/sandbox/reset')).status, 200)
  })

  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const reply = await fetch(`${sandbox.url}${path}`, init)
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  const post = (path: string, body: object = {}) =>
    send(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  const me = (token: unknown) => send('/api/v1/users/me/', { headers: { Authorization: `Bearer ${String(token)}` } })
  const mail = (address: string, wait = '5s') => send(`/sandbox/mailbox/${encodeURIComponent(address)}?wait=${wait}`)
  const signIn = (email: string) => post('/api/v1/auth/token/', { email, password })
  const forward = (time: string) => post('/sandbox/clock', { forward: time })
  const register = (email: string) => post('/api/v1/users/register/', { email, password, password_confirm: password })

  it('supports a whole flow: registration, mail, sign-in, expired token, reset', async () => {
    assert.equal((await register('new@example.com')).status, 201)
    const { body: activation } = await mail('new@example.com')
    assert.equal(new URL(String(activation['link'])).searchParams.get('code'), activation['code'])
    assert.equal((await post('/api/v1/users/activate/', { code: activation['code'] })).status, 200)
    const { status, body: tokens } = await signIn('new@example.com')
    assert.equal(status, 200)
    assert.equal((await me(tokens['access'])).status, 200)

    await forward('6m')
    assert.equal((await me(tokens['access'])).body['code'], 'token_not_valid')
    const renewed = await post('/api/v1/auth/token/refresh/', { refresh: tokens['refresh'] })
    assert.equal((await me(renewed.body['access'])).status, 200)
    await forward('2d')
    assert.equal((await post('/api/v1/auth/token/refresh/', { refresh: renewed.body['refresh'] })).status, 401)

    await post('/sandbox/reset')
    assert.equal((await signIn('new@example.com')).status, 401)
    assert.equal((await mail('new@example.com', '1s')).status, 404)
  })

  it('lets a code expire if the clock is moved forward', async () => {
    await register('late@example.com')
    const { body } = await mail('late@example.com')
    await forward('25h')
    const { body: refusal } = await post('/api/v1/users/activate/', { code: body['code'] })
    assert.equal(refusal['code'], 'code_invalid')
  })

  it('moves the time in replies and tokens alike, and moves it back on reset', async () => {
    const hour = 3_600_000
    const { body: moved } = await forward('1h')
    const near = (time: unknown, expected: number) => {
      assert.ok(Math.abs(Date.parse(String(time)) - expected) < 60_000, String(time))
    }
    near(moved['now'], Date.now() + hour)
    const { body: tokens } = await signIn('ann@example.com')
    const claims = String(tokens['access']).split('.')[1] ?? ''
    const { iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number }
    near(new Date(iat * 1000).toISOString(), Date.now() + hour)
    near((await me(tokens['access'])).body['last_login'], Date.now() + hour)
    near((await forward('1h')).body['now'], Date.now() + 2 * hour)
    near((await post('/sandbox/reset')).body['now'], Date.now())
    const { body } = await send('/sandbox/clock')
    near(body['now'], Date.now())
  })

  it('has the users of its file, with the same ids after a reset and a restart', async () => {
    const idOfAnn = async () => (await me((await signIn('ann@example.com')).body['access'])).body
    const before = await idOfAnn()
    assert.deepEqual([before['first_name'], before['is_superuser']], ['Ann', true])
    assert.equal((await signIn('bob@example.com')).status, 401)
    await post('/sandbox/reset')
    assert.equal((await idOfAnn())['id'], before['id'])
    const first = sandbox
    sandbox = await startSandbox(environment(), file)
    await first.stop()
    assert.equal((await idOfAnn())['id'], before['id'])
  })

  it('returns the newest of two mails to an address', async () => {
    await register('two@example.com')
    const { body: first } = await mail('two@example.com')
    await register('two@example.com')
    const { body: second } = await mail('TWO@example.com')
    assert.notEqual(second['code'], first['code'])
  })

  it('waits for a mail that arrives later', async () => {
    const waiting = mail('soon@example.com')
    await register('soon@example.com')
    assert.equal((await waiting).body['to'], 'soon@example.com')
  })

  it('describes the error in a malformed request', async () => {
    assert.deepEqual((await forward('later')).status, 400)
    assert.match(String((await forward('later')).body['detail']), /^forward must be a duration/)
    assert.match(String((await post('/sandbox/clock', [])).body['detail']), /\{"forward": "1h"\}/)
    assert.match(String((await mail('ann@example.com', '1h')).body['detail']), /25s at most/)
    assert.equal((await send('/sandbox/mailbox/%ff')).status, 400)
    assert.equal((await send('/sandbox/other')).status, 404)
  })

  it('refuses requests from web pages, which it recognizes by Origin or Host', async () => {
    const page = { method: 'POST', headers: { Origin: 'https://page.example' } }
    assert.equal((await send('/sandbox/reset', page)).status, 403)
    for (const [host, status] of [
      ['page.example', 403],
      ['localhost:8000', 200],
    ] as const) {
      const answer = await sendRaw(
        sandbox.url,
        requestText('GET', '/sandbox/clock', { Host: host, Connection: 'close' }),
      )
      assert.equal(answer.status, status)
    }
  })

  it('accepts tokens that are issued while its clock moves', async () => {
    let isMoving = true
    const useSession = async () => {
      let { body: tokens } = await signIn('ann@example.com')
      while (isMoving) {
        const { status, body } = await post('/api/v1/auth/token/refresh/', { refresh: tokens['refresh'] })
        assert.equal(status, 200)
        assert.equal((await me(body['access'])).status, 200)
        tokens = body
      }
    }
    const uses = [useSession(), useSession(), useSession()]
    for (let move = 0; move < 50; move++) assert.equal((await forward('20s')).status, 200)
    isMoving = false
    await Promise.all(uses)
  })

  it('removes its database from the given server when it stops', async () => {
    // A role distinguishes the databases of this sandbox from those of other tests, which run at the same time.
    const server = process.env['TEST_DATABASE_URL'] ?? ''
    const role = `sandbox_owner_${randomBytes(4).toString('hex')}`
    const databases = () =>
      query(server, `select from pg_database where datdba = (select oid from pg_roles where rolname = '${role}')`)
    await query(server, `create role ${role} login createdb password 'pw'`)
    try {
      const url = Object.assign(new URL(server), { username: role, password: 'pw' })
      const another = await startSandbox({ ...environment(), DATABASE_URL: url.href })
      assert.equal((await databases()).length, 1)
      await another.stop()
      assert.equal((await databases()).length, 0)
    } finally {
      await query(server, `drop role ${role}`)
    }
  })

  it('refuses NODE_ENV=production, and every HOST other than 127.0.0.1', async () => {
    await assert.rejects(startSandbox({ ...environment(), NODE_ENV: 'production' }), /never runs in production/)
    for (const HOST of ['0.0.0.0', '::', '127.0.0.2', 'localhost'])
      await assert.rejects(startSandbox({ ...environment(), HOST }), /listens on 127\.0\.0\.1 only/)
    assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:/)
  })

  it('is not part of a normal service: only the command gatehouse sandbox loads it', async () => {
    const service = await TestService.start()
    for (const path of ['/sandbox/reset', '/sandbox/clock', '/sandbox/mailbox/ann@example.com'])
      assert.equal((await service.fetch(path)).status, 404)
    await service.stop()
    const sources = globSync('src/**/*.ts').filter((file) => !file.startsWith('src/sandbox/'))
    const loads = (file: string) =>
      importsOf(readFileSync(file, 'utf8')).some(({ specifier }) => specifier.includes('/sandbox/'))
    assert.deepEqual(sources.filter(loads), ['src/cli/sandbox.ts'])
  })
})
