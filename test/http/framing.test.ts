import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { handlers } from '../../src/operations/index.ts'
import { assertProblem } from '../support/answers.ts'
import { BareService } from './support/bare.ts'
import { requestText, sendRaw } from './support/raw.ts'

const crlf = '\r\n'
const live = '/health/live'
const verify = '/api/v1/auth/token/verify/'
const secured = '/api/v1/users/me/change-password/'
const json = { 'Content-Type': 'application/json' }
const chunked = { ...json, 'Transfer-Encoding': 'chunked' }
const get = requestText('GET', live)
const body = '{"token":"x"}'
const inChunks = (content: string, target = verify) => requestText('POST', target, chunked) + content
const headed = (...lines: string[]) => [`POST ${verify} HTTP/1.1`, 'Host: x', ...lines, '', ''].join(crlf)
const typed = `Content-Type: ${json['Content-Type']}`

// Messages whose length or content two HTTP parsers might read differently (request smuggling, RFC 9112, 11.2).
const ambiguous: Record<string, string> = {
  'the same length twice': headed(typed, 'Content-Length: 13', 'Content-Length: 13') + body,
  'a list of lengths': headed(typed, 'Content-Length: 13, 13') + body,
  'a length with a sign': headed(typed, 'Content-Length: +13') + body,
  'a length in hexadecimal': headed(typed, 'Content-Length: 0xd') + body,
  'a length with a blank in it': headed(typed, 'Content-Length: 1 3') + body,
  'an empty length': headed(typed, 'Content-Length: ') + body,
  'a length beyond any number': headed(typed, `Content-Length: ${'9'.repeat(30)}`) + body,
  'chunks and a length': headed(typed, 'Transfer-Encoding: chunked', 'Content-Length: 5') + `0${crlf}${crlf}`,
  'a length and chunks': headed(typed, 'Content-Length: 5', 'Transfer-Encoding: chunked') + `0${crlf}${crlf}`,
  'chunks in lower case and a length':
    headed(typed, 'content-length: 5', 'transfer-encoding: chunked') + `0${crlf}${crlf}`,
  'another encoding before chunked': headed(typed, 'Transfer-Encoding: gzip, chunked') + `0${crlf}${crlf}`,
  'an unknown encoding, then chunked':
    headed(typed, 'Transfer-Encoding: x', 'Transfer-Encoding: chunked') + `0${crlf}${crlf}`,
  'another encoding after chunked': headed(typed, 'Transfer-Encoding: chunked, identity') + `0${crlf}${crlf}`,
  'chunked twice': headed(typed, 'Transfer-Encoding: chunked, chunked') + `0${crlf}${crlf}`,
  'chunked with a parameter': headed(typed, 'Transfer-Encoding: chunked;q=1') + `0${crlf}${crlf}`,
  'a vertical tab before chunked': headed(typed, 'Transfer-Encoding: \vchunked') + `0${crlf}${crlf}`,
  'the encoding identity': headed(typed, 'Transfer-Encoding: identity', 'Content-Length: 13') + body,
  'an empty encoding': headed(typed, 'Transfer-Encoding: ') + `0${crlf}${crlf}`,
  'a blank before the colon of an encoding': headed(typed, 'Transfer-Encoding : chunked') + `0${crlf}${crlf}`,
  'an encoding that is folded': headed(typed, 'Transfer-Encoding:', ' chunked') + `0${crlf}${crlf}`,
  'an indented first field': `GET ${live} HTTP/1.1${crlf} Transfer-Encoding: chunked${crlf}Host: x${crlf}${crlf}`,
  'a line feed alone between fields': `GET ${live} HTTP/1.1${crlf}Host: x\nX-A: b${crlf}${crlf}`,
  'a carriage return alone between fields': `GET ${live} HTTP/1.1${crlf}Host: x\rX-A: b${crlf}${crlf}`,
  'a line feed alone at the end': `GET ${live} HTTP/1.1${crlf}Host: x${crlf}\n`,
  'a carriage return in a value': headed('X-A: a\rb'),
  'a NUL in a value (security 68)': headed('X-A: a\0b'),
  'a NUL in a name (security 68)': headed('X-\0: a'),
  'a NUL in the target (security 68)': requestText('GET', `${live}\0`),
  'a control character in a value': headed('X-A: a\x01b'),
  'a field without a name': headed(': a'),
  'chunks in HTTP/1.0': inChunks(`0${crlf}${crlf}`).replace('HTTP/1.1', 'HTTP/1.0'),
  'the version HTTP/2.0': get.replace('HTTP/1.1', 'HTTP/2.0'),
  'the version HTTP/0.9': get.replace('HTTP/1.1', 'HTTP/0.9'),
  'two hosts': `GET ${live} HTTP/1.1${crlf}Host: a${crlf}Host: b${crlf}${crlf}`,
  'the same host twice': `GET ${live} HTTP/1.1${crlf}Host: a${crlf}host: a${crlf}${crlf}`,
  'two hosts in HTTP/1.0': `GET ${live} HTTP/1.0${crlf}Host: a${crlf}Host: b${crlf}${crlf}`,
  'no host with an expectation': `GET ${live} HTTP/1.1${crlf}Expect: the-moon${crlf}${crlf}`,
  'no host with an upgrade': `GET ${live} HTTP/1.1${crlf}Connection: upgrade${crlf}Upgrade: websocket${crlf}${crlf}`,
  'no host with absolute-form': `GET http://x${live} HTTP/1.1${crlf}${crlf}`,
  'a chunk’s size with a sign': inChunks(`+0${crlf}${crlf}`),
  'a chunk’s size with 0x': inChunks(`0x0${crlf}${crlf}`),
  'a chunk’s size with a blank': inChunks(`0 ${crlf}${crlf}`),
  'a chunk’s size beyond any number': inChunks(`1${'0'.repeat(16)}${crlf}${crlf}`),
  'a chunk’s size that ends in a line feed': inChunks(`d\n${body}${crlf}0${crlf}${crlf}`),
  'a chunk that ends in a line feed': inChunks(`d${crlf}${body}\n0${crlf}${crlf}`),
  'a chunk longer than its size': inChunks(`d${crlf}${body}0${crlf}${crlf}`),
  'a chunk’s extension with a line feed': inChunks(`d;a\nb${crlf}${body}${crlf}0${crlf}${crlf}`),
  'a chunk’s extension of 20 KB (security 62)': inChunks(`d;${'a'.repeat(20_000)}${crlf}${body}${crlf}0${crlf}${crlf}`),
  'a length as a trailer': inChunks(`d${crlf}${body}${crlf}0${crlf}Content-Length: 5${crlf}${crlf}`),
  'a NUL in a trailer (security 68)': inChunks(`d${crlf}${body}${crlf}0${crlf}X-A: a\0${crlf}${crlf}`),
}

describe('the HTTP server, when it separates HTTP/1.1 requests', () => {
  let service: BareService
  before(async () => {
    service = await BareService.start({ HOST_FOR_SEND_MAIL: 'https://accounts.test' })
  })
  after(() => {
    service.stop()
  })

  const send = (text: string, options: { patience?: number; later?: string } = {}) =>
    sendRaw(service.url, Buffer.from(text, 'latin1'), options)
  const statuses = async (text: string) => (await send(text)).statuses

  for (const [what, text] of Object.entries(ambiguous)) {
    it(`returns a single 400 for ${what}`, async () => {
      service.lines.length = 0
      const answer = await send(text + get, { patience: 1000 })
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(answer.statuses, [400])
      assert.equal(answer.headers.get('connection'), 'close')
      assert.match(answer.headers.get('strict-transport-security') ?? '', /^max-age=\d{8,}/)
      assert.ok(answer.closed)
      assert.ok(!service.lines.some(({ path }) => path === live))
    })
  }

  describe('the log of refused requests (security 80, 81)', () => {
    it('contains the request id, but nothing that the client sent', async () => {
      const secret = 'canary'
      for (const text of [
        `GET /?code=${secret} HTTP/1.1${crlf}${crlf}`,
        `${secret}${crlf}${crlf}`,
        headed(`${secret} : a`),
      ]) {
        const { headers } = await send(text, { patience: 0 })
        const lines = service.lines.filter(({ request_id }) => request_id === headers.get('x-request-id'))
        assert.equal(lines.length, 1)
        assert.deepEqual([lines[0]?.['msg'], lines[0]?.['status']], ['request refused', 400])
        assert.doesNotMatch(JSON.stringify(lines), new RegExp(secret))
      }
    })
  })

  it('accepts small chunk extensions, and does not use trailers as header fields', async () => {
    const whole = `d;a=b;c="d"${crlf}${body}${crlf}0;e${crlf}`
    assert.deepEqual(await statuses(inChunks(`${whole}${crlf}`) + get), [401, 200])
    const trailing = `0${crlf}Authorization: Bearer x.y.z${crlf}Content-Type: text/plain${crlf}${crlf}`
    const answer = await send(inChunks(trailing, secured))
    // The code would be token_not_valid if the trailer were read as a header field.
    assertProblem(answer, 401, 'not_authenticated')
  })

  it('returns a single 431 for trailers of more than 16 KiB', async () => {
    const answer = await send(inChunks(`d${crlf}${body}${crlf}0${crlf}X-A: ${'a'.repeat(17_000)}${crlf}${crlf}`))
    assertProblem(answer, 431, 'headers_too_large')
    assert.deepEqual([answer.statuses, answer.closed], [[431], true])
  })

  it('never parses a body as the next request, even if the body was not read', async () => {
    const length = { ...json, 'Content-Length': String(get.length) }
    assert.deepEqual(await statuses(requestText('GET', live, length) + get + requestText('GET', '/no')), [200, 404])
    assert.deepEqual(await statuses(requestText('POST', secured, length) + get + requestText('GET', '/no')), [401, 404])
    assert.deepEqual(await statuses(requestText('POST', '/no', length) + get + get), [404, 200])
    assert.deepEqual(await statuses(requestText('POST', verify, length) + get + get), [400, 200])
    const tooLong = requestText('POST', verify, { ...json, 'Content-Length': '70000' })
    assert.deepEqual(await statuses(tooLong + get.repeat(20)), [413])
    assert.deepEqual(await statuses(inChunks(`11170${crlf}`) + 'x'.repeat(70_000) + crlf + get), [413])
  })

  it('answers pipelined requests in order, and closes after a malformed one', async () => {
    const slow = requestText('POST', verify, json, body)
    const hostless = `GET ${live} HTTP/1.1${crlf}${crlf}`
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`X-${i}`, 'a']))
    assert.deepEqual(await statuses(slow + get + requestText('GET', '/no') + slow), [401, 200, 404, 401])
    assert.deepEqual(await statuses(slow + hostless + get), [401, 400])
    assert.deepEqual(await statuses(slow + requestText('GET', live, many) + get), [401, 431])
    assert.deepEqual(await statuses(`${slow}${get}garbage${crlf}${crlf}`), [401, 200, 400])
    assert.deepEqual(await statuses(slow + requestText('CONNECT', 'evil.example:443') + get), [401, 400])
    assert.deepEqual(await statuses(requestText('GET', live, { Connection: 'close' }) + get), [200])
  })

  it('closes the connection after an upgrade request, because Node drops later bytes', async () => {
    for (const protocol of ['websocket', 'h2c']) {
      const upgrade = requestText('GET', live, { Connection: 'upgrade', Upgrade: protocol })
      const answer = await send(upgrade + requestText('GET', '/no'))
      assert.deepEqual([answer.statuses, answer.headers.get('connection'), answer.closed], [[200], 'close', true])
    }
  })

  it('sends no second reply if a body proves malformed after the first reply', async () => {
    const answer = await send(requestText('POST', secured, chunked), { later: `zz${crlf}${crlf}`, patience: 1000 })
    assert.deepEqual([answer.statuses, answer.closed], [[401], true])
  })

  it('does not write an error into a reply that is still being sent', async () => {
    const { getLiveness } = handlers
    const production = await BareService.start({
      NODE_ENV: 'production',
      SECRET_KEY: 'x0123456789abcdefghij0123456789ab',
      HOST_FOR_SEND_MAIL: 'http://accounts.test',
    })
    try {
      const items = (async function* () {
        for (let n = 0; n < 200; n++) yield await Promise.resolve('x'.repeat(1000))
      })()
      handlers.getLiveness = (() =>
        Promise.resolve({ status: 200, stream: { items } })) as unknown as typeof getLiveness
      const { statuses: both, text } = await sendRaw(production.url, `${get}garbage${crlf}${crlf}`, { patience: 1000 })
      assert.deepEqual(both, [200, 400])
      assert.match(text, /]}\r\n0\r\n\r\nHTTP\/1\.1 400 /)
    } finally {
      handlers.getLiveness = getLiveness
      production.stop()
    }
  })

  it('survives a client that sends CONNECT and disconnects', async () => {
    const { verifyToken } = handlers
    handlers.verifyToken = async () => {
      await sleep(100)
      return { status: 200, body: {} }
    }
    try {
      for (const before of ['', requestText('POST', verify, json, body)])
        for (const wait of [0, 20]) {
          const socket = connect({ host: '127.0.0.1', port: Number(new URL(service.url).port) })
          await once(socket, 'connect')
          socket.write(before + requestText('CONNECT', 'evil.example:443'))
          await sleep(wait)
          socket.resetAndDestroy()
        }
      await sleep(300)
      assert.deepEqual(await statuses(get), [200])
    } finally {
      handlers.verifyToken = verifyToken
    }
  })

  it('sends one 400 for garbage that arrives in pieces, after the earlier replies', async () => {
    const { verifyToken } = handlers
    let listeners = 0
    handlers.verifyToken = async () => {
      await sleep(300)
      return { status: 200, body: {} }
    }
    const warned = (warning: Error) => (listeners += warning.name === 'MaxListenersExceededWarning' ? 1 : 0)
    process.on('warning', warned)
    try {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(service.url).port) })
      let text = ''
      socket.on('data', (bytes) => (text += bytes.toString()))
      socket.write(requestText('POST', verify, json, body))
      for (let piece = 0; piece < 30; piece++) {
        socket.write('garbage')
        await sleep(5)
      }
      await once(socket, 'end')
      assert.deepEqual(
        [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status),
        ['200', '400'],
      )
      assert.equal(listeners, 0)
    } finally {
      process.off('warning', warned)
      handlers.verifyToken = verifyToken
    }
  })

  it('closes the connection after a refusal if the client keeps it open', async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(service.url).port), allowHalfOpen: true })
    socket.resume()
    socket.write(`garbage${crlf}${crlf}`)
    await once(socket, 'end')
    assert.equal(await service.connections(), 1)
    await service.alone()
    socket.destroy()
  })
})
