import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/config.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { openJson } from '../../src/http/stream.ts'
import type { Services } from '../../src/operations/context.ts'
import { handlers } from '../../src/operations/index.ts'
import { Problem } from '../../src/problems.ts'
import { createServices } from '../../src/services.ts'
import { LocalHashQueue } from '../../src/domain/passwords/hashQueue.ts'
import { quickHashing } from '../../src/sandbox/quickHashing.ts'

const filler = 'x'.repeat(1000)

async function* items(count: number, end?: Error): AsyncGenerator<{ n: number; filler: string }> {
  for (let n = 0; n < count; n++) yield await Promise.resolve({ n, filler })
  if (end) throw end
}

describe('openJson', () => {
  it('writes a short object in one piece', async () => {
    assert.equal(await openJson({}), '{}')
    const members = { a: 'ü"\n', none: undefined, list: items(0), b: [1, null], list2: items(1), c: { d: false } }
    assert.equal(
      await openJson(members),
      `{"a":"ü\\"\\n","list":[],"b":[1,null],"list2":[{"n":0,"filler":"${filler}"}],"c":{"d":false}}`,
    )
  })

  it('writes a long object in pieces that equal the text of JSON.stringify', async () => {
    const opened = await openJson({ list: items(100), between: 1, other: items(50) })
    assert.ok(typeof opened !== 'string')
    const pieces: string[] = []
    for await (const piece of opened) pieces.push(String(piece))
    const all = await Array.fromAsync(items(100))
    assert.equal(pieces.join(''), JSON.stringify({ list: all, between: 1, other: all.slice(0, 50) }))
    assert.ok(pieces.length > 5)
    assert.ok(pieces.every(({ length }) => length < 18 * 1024))
  })
})

describe('streamed replies', () => {
  const { getLiveness } = handlers
  let lines: Record<string, unknown>[]
  let services: Services
  let server: Server
  afterEach(() => {
    handlers.getLiveness = getLiveness
    server.closeAllConnections()
    server.close()
    services.passwords.stop()
  })

  /** Requests a stream. @returns the answer, whose body the caller must read */
  async function ask(stream: () => object, environment = { NODE_ENV: 'production' }): Promise<IncomingMessage> {
    lines = []
    const log = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
    const production = { SECRET_KEY: 'x0123456789012345678901234567890123', HOST_FOR_SEND_MAIL: 'http://accounts.test' }
    const { config } = loadConfig({ PORT: '0', ...production, ...environment })
    ;({ services } = await createServices(config, 'the secret key of a test', log, new LocalHashQueue(quickHashing)))
    server = createHttpServer((await createApp(services, log)).callback(), {
      headers: {},
      baseUrl: () => '',
      log,
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const handler = () => Promise.resolve({ status: 200, stream: stream() })
    handlers.getLiveness = handler as unknown as typeof getLiveness
    const request = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health/live`)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return response
  }

  const logged = () => lines.filter(({ msg }) => msg !== 'request')
  const open = async () =>
    new Promise<number>((resolve, reject) => {
      server.getConnections((error, count) => {
        if (error) reject(error)
        else resolve(count)
      })
    })
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + 5000
    while (!(await condition())) {
      assert.ok(Date.now() < end)
      await sleep(10)
    }
  }

  it('are JSON in chunks, with the common headers', async () => {
    const response = await ask(() => ({ list: items(1000) }))
    const body = await text(response)
    assert.deepEqual(JSON.parse(body), { list: await Array.fromAsync(items(1000)) })
    const { headers } = response
    assert.equal(headers['content-type'], 'application/json; charset=utf-8')
    assert.equal(headers['transfer-encoding'], 'chunked')
    assert.equal(headers['content-length'], undefined)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.deepEqual(logged(), [])
  })

  it('are logged with the number of their bytes', async () => {
    const body = await text(await ask(() => ({ list: items(1000) })))
    await until(() => lines.some(({ msg }) => msg === 'request'))
    assert.deepEqual(
      lines.map(({ bytes }) => bytes),
      [body.length],
    )
  })

  it('are replaced by a problem document if they fail before the first byte', async () => {
    const response = await ask(() => ({ list: items(5, new Error('the secret cause')) }))
    assert.equal(response.statusCode, 500)
    assert.equal(response.headers['content-type'], 'application/problem+json')
    assert.match(await text(response), /"code":"internal"/)
  })

  for (const [title, error, level, cause] of [
    ['an error', new Error('the secret cause'), 50, /the secret cause/],
    ['a lost database connection', new Problem('unavailable', { cause: 'the secret cause' }), 40, /the secret cause/],
  ] as const) {
    it(`close the connection and log once if ${title} interrupts them`, async () => {
      const response = await ask(() => ({ list: items(1000, error) }))
      assert.equal(response.statusCode, 200)
      await assert.rejects(text(response), { code: 'ECONNRESET' })
      assert.equal(response.complete, false)
      await until(async () => (await open()) === 0)
      const [line, ...more] = logged()
      assert.deepEqual(more, [])
      assert.equal(line?.['level'], level)
      assert.equal(line['msg'], 'the answer broke off')
      assert.equal(line['request_id'], response.headers['x-request-id'])
      assert.match(JSON.stringify(line['err']), cause)
    })
  }

  it('are produced only as fast as the client reads, and not after it disconnects', async () => {
    let read = 0
    let ended = false
    async function* endless() {
      try {
        for (;;) yield { n: await Promise.resolve(read++), filler }
      } finally {
        ended = true
      }
    }
    const response = await ask(() => ({ list: endless() }))
    let before = -1
    await until(async () => {
      const still = read === before
      before = read
      await sleep(100)
      return still
    })
    assert.ok(read > 10 && read < 30_000, `${read} KB were read ahead, more than the sockets buffer`)
    assert.equal(ended, false)
    response.destroy()
    await until(() => ended)
    assert.deepEqual(
      logged().map(({ level }) => level),
      [20],
    )
  })

  it('are compared with the contract in development: an unknown member causes a 500', async () => {
    const bad = await ask(() => ({ status: 'ok', list: items(1000) }), { NODE_ENV: 'development' })
    assert.equal(bad.statusCode, 500)
    assert.doesNotMatch(await text(bad), /xxx/)
    assert.match(JSON.stringify(logged()), /openapi.yaml does not describe: body data must NOT have additional/)
  })
})
