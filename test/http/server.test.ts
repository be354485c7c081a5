import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpServer } from '../../src/http/server.ts'
import { assertProblem, TestService } from '../support/service.ts'
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
    'a length that is none': requestText('POST', live, { 'Content-Length': '1x' }),
    'a negative length': requestText('POST', live, { 'Content-Length': '-1' }),
    'a length and chunks': requestText('POST', live, { 'Content-Length': '1', 'Transfer-Encoding': 'chunked' }),
    'an unknown transfer encoding': requestText('POST', live, { 'Transfer-Encoding': 'xchunked' }),
    CONNECT: requestText('CONNECT', 'evil.example:443'),
    'no host': `GET ${live} HTTP/1.1${crlf}${crlf}`,
  }
  for (const [what, bytes] of Object.entries(garbage)) {
    it(`answers ${what} with 400 as a problem document, once, and closes`, async () => {
      const answer = await send(bytes)
      assertProblem(answer, 400, 'invalid')
      assert.equal(answer.answers, 1)
      assert.equal(answer.headers.get('connection'), 'close')
      assert.ok(answer.closed)
    })
  }

  it('answers header fields of more than 16 KiB with 431', async () => {
    assert.equal((await sendRaw(service.url, requestText('GET', live, { 'X-A': 'a'.repeat(15_000) }))).status, 200)
    for (const text of [
      requestText('GET', live, { 'X-A': 'a'.repeat(17_000) }),
      requestText('GET', live, Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`X-${i}`, 'aaaa']))),
      requestText('GET', '/'.padEnd(17_000, 'a')),
    ]) {
      const answer = await send(text)
      assertProblem(answer, 431, 'headers_too_large')
      assert.ok(answer.closed)
    }
  })

  it('answers a request that is cut off with 400, and says nothing to a connection that sends nothing', async () => {
    assertProblem(await send(`GET ${live} HTT`, true), 400, 'invalid')
    assert.equal((await send('', true)).answers, 0)
  })

  it('has no expectations and no upgrades to offer, and answers all the same', async () => {
    assert.equal((await sendRaw(service.url, requestText('GET', live, { Expect: 'the-moon' }))).status, 200)
    const upgrade = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': '' }
    assert.equal((await sendRaw(service.url, requestText('GET', live, upgrade))).status, 200)
    assert.equal(
      (await sendRaw(service.url, requestText('GET', live, { ...upgrade, Upgrade: 'websocket' }))).status,
      200,
    )
  })

  it('answers requests sent in one go, in their order', async () => {
    const requests = requestText('GET', live) + requestText('POST', live) + requestText('GET', '/no')
    const { text, answers } = await sendRaw(service.url, requests, { patience: 200 })
    assert.equal(answers, 3)
    assert.deepEqual(text.match(/(?<=HTTP\/1.1 )\d+/g), ['405', '404'])
  })

  describe('time-outs', () => {
    let server: Server
    let url: string
    before(async () => {
      server = createHttpServer(() => undefined)
      server.headersTimeout = 100
      server.requestTimeout = 100
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    after(() => {
      server.close()
    })

    it('are 10 s for the header fields and 30 s for a request (security 70)', () => {
      const { headersTimeout, requestTimeout, keepAliveTimeout } = createHttpServer(() => undefined)
      assert.deepEqual(
        { headersTimeout, requestTimeout, keepAliveTimeout },
        { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000 },
      )
    })

    it('answer slow header fields and slow bodies with 408, and close', async () => {
      const slow = [
        `GET ${live} HTTP/1.1${crlf}Host: x${crlf}X-A: `,
        requestText('POST', live, { 'Content-Length': '9' }),
      ]
      for (const answer of await Promise.all(slow.map((text) => sendRaw(url, text, { patience: 1000 })))) {
        assertProblem(answer, 408, 'request_timeout')
        assert.ok(answer.closed)
      }
    })
  })
})
