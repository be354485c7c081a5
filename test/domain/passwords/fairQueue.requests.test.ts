import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertProblem } from '../../support/answers.ts'
import { password, type Answer, type TestService } from '../../support/service.ts'
import { addUser } from '../../support/users.ts'
import { attempt, countEvents, from, startLimited } from '../limits/support/attempts.ts'

describe('the queue for password hashing (security 94)', function () {
  this.timeout(180_000)
  let service: TestService
  let passwordHash: Uint8Array
  before(async () => {
    service = await startLimited({}, { hashing: 'slow' })
    passwordHash = await service.service.services.passwords.hash(password)
  })
  after(() => service.stop())

  it('lets a user sign in while three other networks fill the queue', async () => {
    const accounts = await Promise.all(Array.from({ length: 24 }, () => addUser(service, { passwordHash })))
    const user = await addUser(service, { passwordHash })
    const refused: Answer[] = []
    let isDone = false
    const attacks = accounts.flatMap(({ email }, at) =>
      Array.from({ length: 9 }, async () => {
        while (!isDone) {
          const answer = await attempt(service, { email, ip: `192.0.2.${at % 3}`, given: password })
          if (answer.status === 503) refused.push(answer)
          if (answer.status !== 200) await sleep(100)
        }
      }),
    )
    while (refused.length < 50) await sleep(50)
    const statuses: number[] = []
    for (let time = 0; time < 4; time++)
      statuses.push((await attempt(service, { email: user.email, ip: '203.0.113.1', given: password })).status)
    isDone = true
    await Promise.all(attacks)
    assert.deepEqual(statuses, [200, 200, 200, 200])
    const [refusal] = refused
    assert.ok(refusal)
    assertProblem(refusal, 503, 'unavailable')
    assert.equal(refusal.body['detail'], 'Too many passwords are waiting to be checked. Try again shortly.')
    assert.equal(refusal.headers.get('retry-after'), '5')
  })

  it('drops passwords of disconnected clients, and does not count these attempts', async () => {
    // On a busy machine, refunds of the previous test may be lost, because they wait at most 1 s for the database.
    await service.sql('delete from rate_limits')
    const ip = '192.0.2.50'
    const before = await countEvents(service, 'sign_in_failed')
    const clients = Array.from({ length: 60 }, (_, at) => {
      const headers = { 'Content-Type': 'application/json', ...from(ip) }
      const client = request(`${service.url}/api/v1/auth/token/`, { method: 'POST', headers, agent: false })
      client.on('error', () => undefined) // the request is destroyed below
      client.end(JSON.stringify({ email: `gone${at}@example.com`, password: 'a wrong password' }))
      return client
    })
    // Waits until the first password has been checked, so that requests have arrived before the clients disconnect.
    while ((await countEvents(service, 'sign_in_failed')) === before) await sleep(10)
    for (const client of clients) client.destroy()
    // The jobs of a network run in order, so this one runs after those that still wait.
    assert.equal((await attempt(service, { email: 'stays@example.com', ip })).status, 401)
    const checked = async () => (await countEvents(service, 'sign_in_failed')) - before
    const counted = () =>
      service.sql<{ points: number }>(`select points from rate_limits where key like 'sign-in-network:%'`)
    for (const until = Date.now() + 20_000; ;) {
      const [row, more] = await counted()
      if (row?.points === (await checked()) && !more) break
      assert.ok(Date.now() < until, 'the limiter counts an attempt that was not checked')
      await sleep(50) // a job may still be running
    }
    assert.ok((await checked()) < 40, `${await checked()} of 60 were checked`)
  })

  it('learns from every caller in src/ which client sent the password', () => {
    const root = join(import.meta.dirname, '../../..')
    // Commands and sandboxes have no client: they run on the operator's machine.
    const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !/^src.(?:cli|sandbox)\b/.test(file))
    const calls = files.flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(/\bpasswords\.(?:hash|verify)\(([^()]*)\)/g),
    ])
    assert.ok(calls.length >= 7)
    const anonymous = calls.filter(([, args]) => !/(?:caller|request)$/.test(args ?? ''))
    assert.deepEqual(
      anonymous.map(([call]) => call),
      [],
    )
  })
})
