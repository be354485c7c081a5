import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installDjango, startDjango } from '../../scripts/djangoParity/django.ts'
import { readCode } from '../../scripts/djangoParity/system.ts'
import { gatehouse } from '../support/command.ts'
import { missingPython } from '../support/django.ts'
import { password, TestService } from '../support/service.ts'
import { skip } from '../support/skip.ts'

const email = 'ann@example.com'

describe('the switch from a Django project while users are signed in', function () {
  this.timeout(300_000)
  let service: TestService
  let django: Awaited<ReturnType<typeof startDjango>>
  const stops: (() => Promise<void>)[] = []

  before(async function () {
    const missing = missingPython()
    if (missing !== undefined) skip(this, missing)
    const settings = await readFile(new URL('../django/project/settings.py', import.meta.url), 'utf8')
    const [, signingKey = ''] = /^SECRET_KEY = "(.*)"$/m.exec(settings) ?? []
    service = await TestService.start({ DJANGO_SIGNING_KEY: signingKey }, { hashing: 'light' })
    stops.push(() => service.stop())
    django = await startDjango(await installDjango(), 300)
    stops.push(() => django.stop())
  })
  after(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  async function post<Body>(path: string, body: object): Promise<Body> {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    const reply = await fetch(`${django.url}/api/v1/${path}`, init)
    assert.ok(reply.ok, `${path}: ${reply.status}`)
    return (await reply.json()) as Body
  }

  it('continues sessions of Django, except for those that ended there', async () => {
    await post('users/register/', { email, password, password_confirm: password })
    await fetch(`${django.url}/api/v1/users/activate/?code=${await readCode(django, email)}`)
    const signIn = () => post<{ access: string; refresh: string }>('auth/token/', { email, password })
    const [kept, ended] = [await signIn(), await signIn()]
    await post('auth/token/blacklist/', { refresh: ended.refresh })

    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-switch-'))
    stops.push(() => rm(folder, { recursive: true }))
    const environment = { DATABASE_URL: service.databaseUrl }
    const { code, stdout } = await gatehouse(folder, environment, 'import', 'django', '--from', django.database)
    assert.equal(code, 0)
    assert.match(stdout, /Refresh tokens in the blacklist of simplejwt: 1\./)

    const refresh = (token: string) => service.call('refreshToken', { body: { refresh: token } })
    assert.equal((await refresh(ended.refresh)).status, 401)
    assert.equal((await service.call('getMe', { token: kept.access })).status, 401)
    const { status, body } = await refresh(kept.refresh)
    assert.equal(status, 200)
    assert.equal((await service.call('getMe', { token: String(body['access']) })).body['email'], email)
    assert.equal((await refresh(String(body['refresh']))).status, 200)
    assert.equal((await refresh(kept.refresh)).status, 401)
  })
})
