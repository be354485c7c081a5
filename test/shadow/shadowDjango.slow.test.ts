import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { installDjango, startDjango } from '../../scripts/djangoParity/django.ts'
import { startShadow, type Comparison, type Shadow } from '../../src/shadow/shadow.ts'
import { gatehouse } from '../support/command.ts'
import { missingPython } from '../support/django.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

const email = 'ann@example.com'
const api = '/api/v1/'

describe('gatehouse shadow with a Django project', function () {
  this.timeout(300_000)
  let service: TestService
  let django: Awaited<ReturnType<typeof startDjango>>
  let shadow: Shadow
  let folder: string
  const stops: (() => Promise<void>)[] = []
  let comparisons: Comparison[] = []
  let authorization: string
  let importedAt: string

  const sendToDjango = async (path: string, body?: object) => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    const reply = await fetch(`${django.url}${api}${path}`, body ? init : {})
    assert.ok(reply.ok, `${path}: ${await reply.text()}`)
  }
  const run = async (...args: string[]) => {
    const { code, stderr } = await gatehouse(folder, { DATABASE_URL: service.databaseUrl }, ...args)
    assert.equal(code, 0, stderr)
  }
  /** Reads through the proxy, and returns the members that differ. */
  const compare = async (path: string) => {
    comparisons = []
    const reply = await fetch(`${shadow.url}${api}${path}`, { headers: { Authorization: authorization } })
    assert.equal(reply.status, 200)
    for (let tries = 0; tries < 250 && comparisons.length === 0; tries++) await sleep(20)
    const [comparison] = comparisons
    assert.ok(comparison && comparisons.length === 1)
    assert.equal(comparison.problem, undefined)
    const members = comparison.differences.map(({ member }) => member)
    return { body: (await reply.json()) as { count: number }, members }
  }

  before(async function () {
    const missing = missingPython()
    if (missing !== undefined) skip(this, missing)
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-shadow-'))
    stops.push(() => rm(folder, { recursive: true }))
    service = await TestService.start({ USER_ID_CLAIM: 'legacy' }, { hashing: 'light' })
    stops.push(() => service.stop())
    django = await startDjango(await installDjango(), 300, { JWK_URL: `${service.url}/.well-known/jwks.json` })
    stops.push(() => django.stop())
    await sendToDjango('users/register/', { email, password, password_confirm: password })
    const database = new DatabaseSync(django.database)
    const user = database.prepare('select id, code from accounts_user').get() as { id: number; code: string }
    await sendToDjango(`users/activate/?code=${user.code}`)
    const sql = `insert into accounts_loginlog (user_id, ip_address, user_agent, timestamp)
      values (?, '192.0.2.1', ?, strftime('%Y-%m-%d %H:%M:%f', 'now', ?))`
    for (const days of [3, 2, 1]) database.prepare(sql).run(user.id, `Browser ${days}`, `-${days} days`)
    database.close()
    await run('import', 'django', '--from', django.database)
    importedAt = new Date().toISOString()
    shadow = await startShadow({
      gatehouse: new URL(service.url),
      django: new URL(django.url),
      host: '127.0.0.1',
      port: 0,
      ignored: new Set(),
      onCompared: (comparison) => comparisons.push(comparison),
    })
    stops.push(() => shadow.stop())
    authorization = `Bearer ${(await service.signIn(email)).access}`
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  it('finds equal replies after an import, but for the sign-in to Gatehouse', async () => {
    assert.deepEqual((await compare('users/me/')).members, ['last_login'])
    const { body, members } = await compare(`logs/login/?timestamp_before=${importedAt}`)
    assert.deepEqual([body.count, members], [3, []])
    assert.ok((await compare('logs/login/')).members.includes('count'))
  })

  it('finds a difference that Django makes', async () => {
    const database = new DatabaseSync(django.database)
    database.exec(`update accounts_user set first_name = 'Ann'`)
    database.close()
    assert.deepEqual((await compare('users/me/')).members, ['first_name', 'last_login'])
  })

  it('finds equal replies without any exception after an export', async () => {
    await run('export', 'django', '--to', django.database)
    assert.deepEqual((await compare('users/me/')).members, [])
    const { body, members } = await compare('logs/login/?page_size=2')
    assert.deepEqual([body.count, members], [4, []])
  })
})
