import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { pino } from 'pino'
import { createHttpServer } from '../../src/http/server.ts'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { BareService } from './support/bare.ts'
import { requestText, sendRaw } from './support/raw.ts'

const crlf = '\r\n'
const live = '/health/live'

describe('the HTTP server', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const send = (bytes: string | Uint8Array, half = false) => sendRaw(service.url, bytes, { half, patience: 1000 })

  const garbage: Record<string, string | Uint8Array> = {
    'no request line': 'hello' + crlf + crlf,
    'an unknown method': requestText('FOO', live),
    'a method in lower case': requestText('get', live),
    'an unknown version': requestText('GET', live).replace('HTTP/1.1', 'HTTP/3.7'),
    'a relative target': requestText('GET', 'health/live'),
    'a space in the target': requestText('GET', '/health /live'),
    'the preface of HTTP/2': `PRI * HTTP/2.0${crlf}${crlf}SM${crlf}${crlf}`,
    'a TLS hello': Buffer.from('16030100a5010000a10303', 'hex'),
    NULs: Buffer.alloc(64),
    'a NUL in a header field': requestText('GET', live, { 'X-A': 'a\0b' }),
    'a header field without a colon': `GET ${live} HTTP/1.1${crlf}Host: x${crlf}nonsense${crlf}${crlf}`,
    'a blank before the colon': requestText('GET', live, { 'X-A ': 'a' }),
    'a folded header field': `GET ${live} HTTP/1.1${crlf}Host: x${crlf}X-A: a${crlf} b${crlf}${crlf}`,
    'bare line feeds': `GET ${live} HTTP/1.1\nHost: x\n\n`,
    'two lengths': requestText('POST', live, { 'Content-Length': '1', 'content-length': '2' }),
    'an invalid length': requestText('POST', live, { 'Content-Length': '1x' }),
    'a negative length': requestText('POST', live, { 'Content-Length': '-1' }),
    'a length and chunks': requestText('POST', live, { 'Content-Length': '1', 'Transfer-Encoding': 'chunked' }),
    'an unknown transfer encoding': requestText('POST', live, { 'Transfer-Encoding': 'xchunked' }),
    CONNECT: requestText('CONNECT', 'evil.example:443'),
    'no host': `GET ${live} HTTP/1.1${crlf}${crlf}`,
  }
  for (const [what, bytes] of Object.entries(garbage)) {
    it(`returns a single 400 for ${what}, and closes the connection`, async () => {
      const answer = await send(bytes)
      assertProblem(answer, 400, 'invalid')
      assert.equal(answer.answers, 1)
      assert.equal(answer.headers.get('connection'), 'close')
      assert.ok(answer.closed)
    })
  }

  describe('the length of a request head (security 69)', () => {
    it('may be 16 KiB; a longer head gets 431', async () => {
      assert.equal((await sendRaw(service.url, requestText('GET', live, { 'X-A': 'a'.repeat(15_000) }))).status, 200)
      for (const text of [
        requestText('GET', live, { 'X-A': 'a'.repeat(17_000) }),
        requestText('GET', '/'.padEnd(17_000, 'a')),
      ]) {
        const answer = await send(text)
        assertProblem(answer, 431, 'headers_too_large')
        assert.ok(answer.closed)
      }
    })
  })

  it('reads up to 100 header fields, and returns 431 for more', async () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, 'a']))
    // Including Host, that makes 100 header fields.
    assert.equal((await sendRaw(service.url, requestText('GET', live, fields(99)))).status, 200)
    for (const count of [100, 101, 500]) {
      const answer = await send(requestText('GET', live, fields(count)))
      assertProblem(answer, 431, 'headers_too_large')
      assert.ok(answer.closed)
    }
  })

  it('answers HTTP/1.0 without Host, and keeps the connection open if requested', async () => {
    const old = (headers: string[] = []) => [`GET ${live} HTTP/1.0`, ...headers, '', ''].join(crlf)
    const answer = await send(old())
    assert.deepEqual([answer.status, answer.closed], [200, true])
    const kept = await sendRaw(service.url, old(['Host: x', 'Connection: keep-alive']) + old())
    assert.deepEqual([kept.statuses, kept.closed], [[200, 200], true])
    assert.equal((await send(old().replace('GET', 'HEAD'))).text, '')
  })

  it('returns 400 for an incomplete request, and nothing if no byte was sent', async () => {
    assertProblem(await send(`GET ${live} HTT`, true), 400, 'invalid')
    assert.equal((await send('', true)).answers, 0)
  })

  it('serves requests with Expect or Upgrade', async () => {
    assert.equal((await sendRaw(service.url, requestText('GET', live, { Expect: 'the-moon' }))).status, 200)
    const upgrade = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': '' }
    assert.equal((await sendRaw(service.url, requestText('GET', live, upgrade))).status, 200)
    assert.equal(
      (await sendRaw(service.url, requestText('GET', live, { ...upgrade, Upgrade: 'websocket' }))).status,
      200,
    )
  })

  it('answers pipelined requests in their order', async () => {
    const requests = requestText('GET', live) + requestText('POST', live) + requestText('GET', '/no')
    const { text, answers } = await sendRaw(service.url, requests, { patience: 200 })
    assert.equal(answers, 3)
    assert.deepEqual(text.match(/(?<=HTTP\/1.1 )\d+/g), ['405', '404'])
  })

  describe('the number of connections (security 87)', () => {
    it('is limited to 10,000', () => {
      const { maxConnections } = createHttpServer(() => Promise.resolve(), {
        headers: {},
        baseUrl: () => '',
        log: pino({ level: 'silent' }),
      })
      assert.ok(maxConnections >= 100 && maxConnections <= 10_000, String(maxConnections))
    })
  })

  describe('the time-outs of a connection (security 70)', () => {
    let bare: BareService
    before(async () => {
      bare = await BareService.start({}, (server) => {
        server.headersTimeout = 200
        server.requestTimeout = 400
      })
    })
    after(() => {
      bare.stop()
    })

    it('are 10 s for headers, 30 s for a request and 60 s without traffic', () => {
      const refusing = { headers: {}, baseUrl: () => '', log: pino({ level: 'silent' }) }
      const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = createHttpServer(
        () => Promise.resolve(),
        refusing,
      )
      assert.deepEqual(
        { headersTimeout, requestTimeout, keepAliveTimeout, timeout },
        { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000, timeout: 60_000 },
      )
    })

    it('do not close a connection that is idle between two requests', async () => {
      const kept = await BareService.start({}, (server) => {
        server.headersTimeout = 200
        server.requestTimeout = 400
        server.timeout = 500
        server.keepAliveTimeout = 30_000
      })
      try {
        const { answers, closed } = await sendRaw(kept.url, requestText('GET', live), { patience: 3000 })
        assert.deepEqual([answers, closed], [1, false])
      } finally {
        kept.stop()
      }
    })

    it('keep an idle connection open for KEEP_ALIVE, as the Keep-Alive header says', async () => {
      assert.equal((await service.fetch(live)).headers.get('keep-alive'), 'timeout=75')
      const brief = await TestService.start({ KEEP_ALIVE: '1s' })
      try {
        const answer = await sendRaw(brief.url, requestText('GET', live), { patience: 20_000 })
        assert.deepEqual([answer.headers.get('keep-alive'), answer.closed], ['timeout=1', true])
      } finally {
        await brief.stop()
      }
    })

    // Node checks its time-outs every 2 s, so the cases run in parallel.
    it('cause 408 for slow headers and bodies, and close the connection', async () => {
      const post = (headers: Record<string, string>) =>
        requestText('POST', '/api/v1/auth/token/verify/', { 'Content-Type': 'application/json', ...headers })
      const many = 'x'.repeat(500)
      const slow = {
        'nothing at all': ['', ''],
        'half a request line': ['GET /hea', ''],
        'half of the fields': [`GET ${live} HTTP/1.1${crlf}Host: x${crlf}X-A: `, ''],
        'fields that drip': [`GET ${live} HTTP/1.1${crlf}Host: x${crlf}X-A: `, many],
        'half a body': [post({ 'Content-Length': '900' }), ''],
        'a body that drips': [post({ 'Content-Length': '900' }), many],
        'chunks that drip': [post({ 'Transfer-Encoding': 'chunked' }), `1${crlf}x${crlf}`.repeat(100)],
      }
      await Promise.all(
        Object.entries(slow).map(async ([what, [bytes = '', drip = '']]) => {
          const answer = await sendRaw(bare.url, bytes, { drip, patience: 1000 })
          assertProblem(answer, 408, 'request_timeout')
          assert.deepEqual([answer.statuses, answer.closed], [[408], true], what)
        }),
      )
    })

    it('close the connection of a client that never reads', async () => {
      bare.server.timeout = 300
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(bare.url).port) }).pause()
      socket.on('error', () => undefined)
      socket.write(requestText('GET', '/docs/swagger-ui-bundle.js').repeat(20))
      await once(socket, 'connect')
      assert.equal(await bare.connections(), 1)
      await bare.alone()
      socket.destroy()
    })
  })
})
