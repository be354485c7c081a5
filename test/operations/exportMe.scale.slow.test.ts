import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { password, TestService } from '../support/service.ts'
import { addUser, quickHash, type Person } from '../support/users.ts'
import { getMe } from './support/requests.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const MB = 1024 * 1024
const rows = 100_000

// Runs in production mode, without the reply check, which would collect the answer. The client shares the process, so
// its memory counts as well.
describe('exportMe with 100,000 sign-ins', function () {
  this.timeout(60_000)
  let service: TestService
  let user: Person
  let other: Person
  let pages = 0

  before(async () => {
    service = await TestService.start({
      NODE_ENV: 'production',
      SECRET_KEY: 'x0123456789012345678901234567890123',
      RATE_LIMITS: 'off',
    })
    const { db } = service.service.services
    user = await addUser(service, { passwordHash: await quickHash })
    other = await addUser(service)
    await service.sql(
      `insert into login_logs (user_id, timestamp, id, ip_address, user_agent)
       select $1, now() - number * interval '3 minutes', gen_random_uuid(), '203.0.113.7', 'bulk' from generate_series(1, $2) number`,
      [user.id, rows],
    )
    await service.sql('analyze login_logs')
    const any = db.any.bind(db) as (query: unknown) => Promise<unknown>
    Object.assign(db, { any: (query: unknown) => (pages++, any(query)) })
  })
  after(() => service.stop())
  beforeEach(() => (pages = 0))

  async function begin(): Promise<IncomingMessage> {
    const headers = { Authorization: `Bearer ${user.access}`, 'Content-Type': 'application/json' }
    // Opens a new connection, because the kernel enlarges the buffers of one that is read at full speed.
    const outgoing = request(`${service.url}/api/v1/users/me/export/`, { method: 'POST', headers, agent: false })
    outgoing.end(JSON.stringify({ current_password: password }))
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    assert.equal(response.statusCode, 200)
    assert.equal(response.headers['content-length'], undefined)
    return response
  }

  /** Returns the memory that is in use after a garbage collection, in bytes. */
  function live(): number {
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }

  /** Waits until the service has stopped reading pages. */
  async function untilHeldBack(): Promise<void> {
    for (let before = -1; before !== pages;) {
      before = pages
      await sleep(200)
    }
  }

  it('sends everything, and keeps only about one page of it in memory', async () => {
    const response = await begin()
    const samples = [live()]
    let [received, records, tail] = [0, 0, '']
    for await (const chunk of response) {
      const text = tail + String(chunk)
      records += text.split('"timestamp"').length - 1
      tail = text.slice(text.lastIndexOf('"'))
      const before = received
      received += String(chunk).length
      if (Math.floor(received / (3 * MB)) === Math.floor(before / (3 * MB))) continue
      await sleep(20)
      samples.push(live())
    }
    assert.equal(response.complete, true)
    assert.equal(records, rows + 1) // With the event of the export, which has a timestamp, too.
    assert.match(tail, /\]\}$/)
    assert.ok(received > 15 * MB, `${received} bytes`)
    const grown = Math.max(...samples) - (samples[0] ?? 0)
    assert.ok(grown < 4 * MB, `${(grown / MB).toFixed(1)} MB more were alive than at the beginning`)
    assert.ok(pages >= rows / 500)
  })

  it('holds no database connection while the client does not read', async () => {
    const response = await begin()
    response.pause()
    await untilHeldBack()
    assert.ok(pages < rows / 500 / 2, `${pages} pages were read ahead`)
    const busy = `select state from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'`
    assert.deepEqual(await service.sql(busy), [])
    const slowest = await slowestOf(20)
    assert.ok(slowest < 500, `${slowest} ms`)
    response.destroy()
  })

  it('does not delay other requests, even if the client reads at full speed', async () => {
    const response = await begin()
    response.resume()
    const slowest = await slowestOf(30)
    assert.equal(response.complete, false)
    assert.ok(slowest < 1000, `${slowest} ms`)
    await once(response, 'end')
  })

  async function slowestOf(times: number): Promise<number> {
    const took: number[] = []
    for (let at = 0; at < times; at++) {
      const began = performance.now()
      assert.equal((await getMe(service, other.access)).status, 200)
      took.push(performance.now() - began)
    }
    return Math.max(...took)
  }

  it('stops reading when the client disconnects', async () => {
    const response = await begin()
    response.destroy()
    await untilHeldBack()
    const read = pages
    await sleep(300)
    assert.equal(pages, read)
    assert.ok(pages < rows / 500 / 2, `${pages} pages were read`)
  })

  it('breaks the connection if the user is erased, so that the client notices', async () => {
    const response = await begin()
    response.pause()
    await untilHeldBack()
    const { status } = await service.call('deleteMe', { token: user.access, body: { current_password: password } })
    assert.equal(status, 204)
    response.resume()
    await assert.rejects(once(response, 'end'), { code: 'ECONNRESET' })
    assert.equal(response.complete, false)
  })
})
