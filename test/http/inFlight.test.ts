import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { maxOfConnection, maxOfProcess } from '../../src/http/inFlight.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { TestService } from '../support/service.ts'
import { StartRoom } from '../support/start.ts'
import { BareService } from './support/bare.ts'
import { requestText, sendRaw } from './support/raw.ts'

const live = requestText('GET', '/health/live')
const verify = '/api/v1/auth/token/verify/'
const json = { 'Content-Type': 'application/json' }
const halfSent = requestText('POST', verify, { ...json, 'Content-Length': '60000' }) + '{"token":"x'

/** Connections of clients that send requests and never read the replies. */
class Crowd {
  readonly sockets: Socket[] = []
  readonly #port: number

  constructor(url: string) {
    this.#port = Number(new URL(url).port)
  }

  async open(many: number, bytes: string): Promise<Socket[]> {
    const opened = Array.from({ length: many }, () => connect({ host: '127.0.0.1', port: this.#port }).pause())
    this.sockets.push(...opened)
    for (const socket of opened) socket.on('error', () => undefined)
    await Promise.all(opened.map((socket) => once(socket, 'connect')))
    for (const socket of opened) socket.write(bytes)
    return opened
  }

  leave(): void {
    for (const socket of this.sockets) socket.destroy()
  }
}

describe('requests in flight (security 86)', function () {
  this.timeout(120_000)

  describe('requests in flight on one connection', () => {
    let service: TestService
    before(async () => {
      service = await TestService.start()
    })
    after(() => service.stop())

    it('are answered in order if there are at most eight', async () => {
      const slow = requestText('POST', verify, json, '{"token":"x"}')
      const { statuses } = await sendRaw(service.url, slow + live.repeat(maxOfConnection - 1), { patience: 300 })
      assert.deepEqual(statuses, [401, ...Array<number>(maxOfConnection - 1).fill(200)])
    })

    it('get one 503 if they exceed eight; then the connection is closed', async () => {
      const { statuses, text, closed } = await sendRaw(service.url, live.repeat(500), { patience: 2000 })
      assert.deepEqual(statuses, [...Array<number>(maxOfConnection).fill(200), 503])
      assert.match(
        text,
        /\r\nRetry-After: \d+\r\n(.+\r\n)*\r\n\{"type":"http:\/\/accounts\.test\/problems\/unavailable"/,
      )
      assert.ok(closed)
    })

    it('may be any number in total if each is sent after the previous reply', async () => {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(service.url).port) })
      let received = ''
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString()
      })
      const answered = () => received.split('HTTP/1.1 200 ').length - 1
      for (let sent = 1; sent <= 40; sent++) {
        socket.write(live)
        for (const until = Date.now() + 10_000; answered() < sent && Date.now() < until;) await sleep(2)
      }
      assert.equal(answered(), 40)
      socket.destroy()
    })
  })

  describe('requests in flight in one process', () => {
    let bare: BareService
    let crowd: Crowd
    beforeEach(async () => {
      bare = await BareService.start()
      crowd = new Crowd(bare.url)
    })
    afterEach(() => {
      crowd.leave()
      bare.stop()
    })

    /**
     * Waits until at most `many` connections are left and another client gets a reply. On a busy machine the server
     * accepts the connections late, and some requests are refused, whose connections it closes after 60 s.
     */
    const settled = async (many: number) => {
      const isSettled = async () =>
        (await bare.connections()) <= many && (await sendRaw(bare.url, live, { patience: 0 })).status === 200
      for (const until = Date.now() + 75_000; !(await isSettled());) {
        assert.ok(Date.now() < until, `more than ${many} connections are left, or another client gets no reply`)
        await sleep(20)
      }
    }

    it('are limited while bodies arrive, by closing the longest-waiting connections', async () => {
      await crowd.open(maxOfProcess + 200, halfSent)
      await settled(maxOfProcess)
    })

    it('are limited while clients do not read replies', async () => {
      const unread = requestText('GET', '/docs/swagger-ui-bundle.js')
      // The buffers of the operating system take fewer than four of the eight replies, which have 12 MB together.
      await crowd.open(400, unread.repeat(maxOfConnection))
      await settled(maxOfProcess / 4)
    })

    it('are refused with 503 while the maximum number is running', async () => {
      // The handler never answers, as if all requests waited for a busy database.
      const refusing = { headers: {}, baseUrl: () => '', log: pino({ level: 'silent' }) }
      const busy = createHttpServer(() => new Promise(() => undefined), refusing).listen(0, '127.0.0.1')
      await once(busy, 'listening')
      const url = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`
      const waiting = new Crowd(url)
      await waiting.open(maxOfProcess / maxOfConnection, live.repeat(maxOfConnection))
      await sleep(500)
      const answer = await sendRaw(url, live)
      assert.deepEqual([answer.status, answer.body['code']], [503, 'unavailable'])
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
      assert.ok(answer.closed)
      waiting.leave()
      busy.close()
    })
  })

  describe('requests in flight in a process with a small heap', () => {
    const room = new StartRoom()

    it('do not exhaust the heap if clients pipeline many of them and read no reply', async () => {
      const child = room.startOnDatabase({ NODE_OPTIONS: '--max-old-space-size=400', LOG_LEVEL: 'warn' })
      const url = await child.url()
      const crowd = new Crowd(url)
      const flood = (target: string) => {
        const one = requestText('GET', target)
        return one.repeat(Math.floor((60 * 1024) / one.length))
      }
      for (const target of ['/openapi.json', '/openapi.yaml', '/docs/swagger-ui-bundle.js', '/health/ready', '/no']) {
        await crowd.open(20, flood(target))
        assert.equal((await fetch(`${url}/health/live`)).status, 200, target)
      }
      crowd.leave()
      child.kill('SIGTERM')
      assert.equal(await child.ended, 0)
    })
  })
})
