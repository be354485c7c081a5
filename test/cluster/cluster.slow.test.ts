import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendantsOf } from '../../scripts/bench/proc.ts'
import { findFreePort } from '../../scripts/freePort.ts'
import { readScrape } from '../metrics/support/scrape.ts'
import { skip } from '../support/skip.ts'
import { assertSentence, StartRoom, type Start } from '../support/start.ts'

const secretKey = { SECRET_KEY: 'a secret key that is long enough for production' }
const production = { ...secretKey, NODE_ENV: 'production', HOST_FOR_SEND_MAIL: 'http://accounts.test', WORKERS: '2' }

type Reply = { status: number; id: string }

/** Requests a path. Without an agent the request has a separate connection. */
function get(url: string, path: string, agent: Agent | false = false): Promise<Reply> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { agent }, (reply) => {
      reply.resume().on('end', () => {
        resolve({ status: reply.statusCode ?? 0, id: String(reply.headers['x-request-id']) })
      })
    })
      .on('error', reject)
      .end()
  })
}

/** Tries to sign in on a separate connection. */
async function signIn(url: string): Promise<number> {
  const reply = await fetch(`${url}/api/v1/auth/token/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Connection: 'close' },
    body: JSON.stringify({ email: 'nobody@example.com', password: 'no password of a user' }),
  })
  await reply.body?.cancel()
  return reply.status
}

/** Returns the descendants of a process that run a script. */
function pidsOf(root: number, script: string): number[] {
  return descendantsOf(root).filter((pid) => commandOf(pid).includes(script))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // The process has ended.
  }
}

async function waitUntil(what: string, isTrue: () => boolean): Promise<void> {
  const until = Date.now() + 20_000
  while (!isTrue()) {
    assert.ok(Date.now() < until, what)
    await sleep(20)
  }
}

const importing = (code: string) => `--import=data:text/javascript,${encodeURIComponent(code)}`

/** Returns code with which a process runs a statement after it has answered a request for a path. */
const after = (path: string, statement: string) =>
  `import { subscribe } from 'node:diagnostics_channel'
    subscribe('http.server.response.finish', ({ request }) => {
      if (request.url.startsWith('${path}')) ${statement}
    })`

const maxConnections = 20
const fewConnections = `import { Server } from 'node:net'
  Object.defineProperty(Server.prototype, 'maxConnections', { get: () => ${maxConnections}, set: () => undefined })`

const count = ({ log }: Start, message: string) => log.filter(({ msg }) => msg === message).length

describe('npm start with WORKERS=2', function () {
  this.timeout(90_000)
  const room = new StartRoom()

  before(function () {
    if (process.platform !== 'linux') skip(this, 'it reads /proc')
  })

  describe('on one port', () => {
    let service: Start
    let url: string
    let metricsUrl: string

    const serving = () => pidsOf(service.pid ?? 0, 'servingProcess.ts')
    /** Returns the process that has served a request. */
    const pidOf = async (id: string) => {
      const find = () => service.log.find(({ msg, request_id }) => msg === 'request' && request_id === id)
      await waitUntil(`the line of request ${id}`, () => find() !== undefined)
      return find()?.['pid'] as number
    }
    /** Requests the contract on separate connections. @returns the processes that have served the requests */
    const servedBy = async (requests: number) => {
      const pids = new Set<number>()
      for (let each = 0; each < requests; each++) {
        const { status, id } = await get(url, '/openapi.json')
        assert.equal(status, 200)
        pids.add(await pidOf(id))
      }
      return pids
    }

    before(async () => {
      const port = String(await findFreePort())
      metricsUrl = `http://127.0.0.1:${port}/metrics`
      service = room.startOnDatabase({
        ...production,
        ...{ SHUTDOWN_DELAY: '1s', METRICS_PORT: port, LIMIT_SIGN_IN: '4/15m' },
        NODE_OPTIONS: importing(
          [after('/crash', "setImmediate(() => { throw new Error('of a test') })"), fewConnections].join('\n'),
        ),
      })
      url = await service.url()
    })

    it('serves requests in two processes, with one hashing process and one line at start', async () => {
      assert.equal(serving().length, 2)
      assert.deepEqual([...(await servedBy(4))].sort(), serving().sort())
      assert.equal(pidsOf(service.pid ?? 0, 'passwords/child.ts').length, 1)
      assert.equal(count(service, 'service started'), 1)
      assert.equal((await get(url, '/health/ready')).status, 200)
    })

    it('counts attempts of all processes against one limit (security 60)', async () => {
      const statuses: number[] = []
      for (let attempt = 0; attempt < 6; attempt++) statuses.push(await signIn(url))
      assert.deepEqual(statuses, [401, 401, 401, 401, 429, 429])
      const pids = service.log.filter(({ operation }) => operation === 'createToken').map(({ pid }) => pid)
      assert.equal(new Set(pids).size, 2)
    })

    it('serves the sum of the metrics of all processes', async () => {
      const scrape = await readScrape(metricsUrl)
      const requests = (status: number, code: string) =>
        scrape.get(`gatehouse_http_requests_total{operation="createToken",status="${status}",code="${code}"}`)
      assert.deepEqual([requests(401, 'no_active_account'), requests(429, 'throttled')], [4, 2])
      assert.equal(scrape.get('gatehouse_hash_duration_seconds_count'), 4)
      assert.equal(scrape.get('gatehouse_database_connections_max{pool="requests"}'), 10)
      assert.deepEqual([scrape.get('gatehouse_ready'), scrape.get('gatehouse_build_info{version="0.4.0"}')], [1, 1])
    })

    it('closes a connection if its process has as many as it may have', async () => {
      const { hostname, port } = new URL(url)
      const tried = 2 * maxConnections + 5
      let [opened, open] = [0, 0]
      const sockets = Array.from({ length: tried }, () =>
        connect(Number(port), hostname)
          .on('connect', () => {
            opened++
            open++
          })
          .on('close', () => open--)
          .on('error', () => undefined)
          .resume(),
      )
      await waitUntil(
        'the warning',
        () => count(service, `more than ${maxConnections} connections: others are closed`) > 0,
      )
      // Idle connections of earlier tests may still be open.
      await waitUntil('the end of the other connections', () => opened === tried && open <= 2 * maxConnections)
      for (const socket of sockets) socket.destroy()
      await waitUntil('the end of all connections', () => open === 0)
      assert.equal((await get(url, '/health/ready')).status, 200)
    })

    it('replaces a killed process, while the other one serves all requests', async () => {
      const [agent, other] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })]
      const [victim, survivor] = [
        await pidOf((await get(url, '/openapi.json', agent)).id),
        await pidOf((await get(url, '/openapi.json', other)).id),
      ]
      assert.notEqual(victim, survivor)
      process.kill(victim, 'SIGKILL')
      await service.logs(/^a serving process ended/)
      assert.equal(await pidOf((await get(url, '/openapi.json', other)).id), survivor)
      const areReady = async () => {
        for (let each = 0; each < 2; each++) assert.equal((await get(url, '/health/ready')).status, 200)
      }
      const until = Date.now() + 20_000
      while ((await servedBy(2)).size < 2) {
        assert.ok(Date.now() < until, 'no other process serves requests')
        await areReady()
      }
      await areReady()
      agent.destroy()
      other.destroy()
      assert.equal(serving().includes(victim), false)
      const requests = 'gatehouse_http_requests_total{operation="createToken",status="429",code="throttled"}'
      assert.equal((await readScrape(metricsUrl)).get(requests), 2)
    })

    it('replaces a process after an uncaught error, which is logged with its request', async () => {
      const { id } = await get(url, '/crash')
      const pid = await pidOf(id)
      await waitUntil(
        'the end of the process',
        () => count(service, 'a serving process ended: another one starts') === 2,
      )
      const crash = service.log.find(({ msg }) => msg === 'uncaught error')
      assert.deepEqual([crash?.['pid'], crash?.['request_id'], crash?.['path']], [pid, id, '/crash'])
      const ended = service.log.findLast(({ msg }) => /^a serving process ended/.test(msg))
      assert.deepEqual([ended?.['process'], ended?.['code']], [pid, 1])
      await waitUntil('another process', () => serving().length === 2)
    })

    it('drains all processes at SIGTERM, and leaves no process', async () => {
      await waitUntil('two ready processes', () => serving().length === 2)
      const pids = descendantsOf(service.pid ?? 0)
      service.kill('SIGTERM')
      serving().forEach((pid) => process.kill(pid, 'SIGTERM')) // as systemd does
      await service.logs(/^service stopping$/)
      for (let each = 0; each < 4; each++) assert.equal((await get(url, '/health/ready')).status, 503)
      assert.equal((await get(url, '/health/live')).status, 200)
      assert.equal(await service.ended, 0)
      assert.deepEqual([service.log.at(-1)?.msg, service.log.at(-1)?.['code']], ['service stopped', 0])
      assert.deepEqual([count(service, 'service stopping'), count(service, 'service stopped')], [1, 1])
      assert.deepEqual(pids.map(commandOf).filter(Boolean), [])
    })
  })

  it('exits with 1 if a process fails while it stops, and does not replace it', async () => {
    const service = room.startOnDatabase({ ...production, SHUTDOWN_DELAY: '1s' })
    const url = await service.url()
    service.kill('SIGTERM')
    await service.logs(/^service stopping$/)
    const [victim = 0] = pidsOf(service.pid ?? 0, 'servingProcess.ts')
    process.kill(victim, 'SIGKILL')
    await service.logs(/^a serving process failed while it stopped$/)
    assert.equal((await get(url, '/health/live')).status, 200)
    assert.equal(await service.ended, 1)
    assert.deepEqual(
      [service.log.at(-1)?.['code'], count(service, 'a serving process ended: another one starts')],
      [1, 0],
    )
  })

  it('leaves no process if it is killed', async () => {
    const service = room.startOnDatabase(production)
    await service.url()
    const pids = descendantsOf(service.pid ?? 0)
    assert.equal(pids.length, 3)
    service.kill('SIGKILL')
    await waitUntil('the end of all processes', () => pids.every((pid) => commandOf(pid) === ''))
  })

  it('listens before it is ready, and ends even a blocked process at the second signal', async function () {
    this.timeout(20_000) // less than the process is blocked, because it keeps the output open
    const port = String(await findFreePort())
    const service = room.start({
      ...{ ...secretKey, WORKERS: '2', PORT: port },
      DATABASE_URL: `postgres://nobody:secret@127.0.0.1:${await findFreePort()}/none`,
      NODE_OPTIONS: importing(after('/block', 'for (const until = Date.now() + 30_000; Date.now() < until;);')),
    })
    await service.says('stderr', /Trying again/)
    const url = `http://127.0.0.1:${port}`
    const probes = ['/health/live', '/health/ready'].map(async (path) => (await get(url, path)).status)
    assert.deepEqual(await Promise.all(probes), [200, 503])
    await get(url, '/block')
    const pids = descendantsOf(service.pid ?? 0)
    assert.equal(pids.length, 2)
    service.kill('SIGTERM')
    await service.logs(/^service stopping$/)
    await sleep(1100) // a signal within a second would be taken for a repetition
    service.kill('SIGTERM')
    assert.equal(await service.ended, 143)
    await waitUntil('the end of all processes', () => pids.every((pid) => commandOf(pid) === ''))
  })

  it('reports an error of a serving process once, and exits with 1', async () => {
    const url = new URL(room.databaseUrl)
    url.pathname = '/no_such_database'
    const service = room.start({ ...secretKey, DATABASE_URL: url.href, WORKERS: '2' })
    assert.equal(await service.ended, 1)
    assertSentence(service, /^The database \S+ does not have this database .*$/)
  })

  it('exits with 1 if a process ends again and again before it is ready', async () => {
    const options = importing(`if (process.argv[1]?.endsWith('servingProcess.ts')) process.exit(3)`)
    const service = room.startOnDatabase({ ...secretKey, WORKERS: '2', NODE_OPTIONS: options })
    assert.equal(await service.ended, 1)
    assert.equal(service.stderr, 'A serving process ended 5 times before it was ready.\n')
    assert.equal(count(service, 'a serving process ended: another one starts'), 4)
  })
})
