import assert from 'node:assert/strict'
import { handlers } from '../../src/operations/index.ts'
import { Problem } from '../../src/problems.ts'
import { TestService } from '../support/service.ts'
import { requestText, sendRaw, type RawAnswer } from './support/raw.ts'

const json = { 'Content-Type': 'application/json' }
const registration = JSON.stringify({ email: 'a@example.com', password: '12345678', password_confirm: '12345678' })
const verify = '/api/v1/auth/token/verify/'

// Requests that are answered by a handler, a page, the error middleware, the router or the HTTP parser.
const requests: [status: number, request: string][] = [
  [200, requestText('GET', '/health/live')],
  [200, requestText('HEAD', '/health/live')],
  [201, requestText('POST', '/api/v1/users/register/', json, registration)],
  [200, requestText('GET', '/docs/')],
  [200, requestText('GET', '/account/activate/?code=x')],
  [200, requestText('GET', '/')],
  [302, requestText('GET', '/docs')],
  [303, requestText('GET', '/api/v1/users/activate/?code=x', { Accept: 'text/html' })],
  [400, requestText('POST', verify, json, '{}')],
  [400, requestText('GET', '/%')],
  [400, requestText('POST', verify, { ...json, 'Transfer-Encoding': 'chunked' }) + 'zz\r\n'],
  [400, 'garbage\r\n\r\n'],
  [400, 'GET / HTTP/1.1\r\n\r\n'],
  [400, 'GET / HTTP/1.1\r\nExpect: the-moon\r\n\r\n'],
  [400, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  [400, requestText('CONNECT', 'evil.example:443')],
  [200, requestText('GET', '/health/live', { Expect: 'the-moon' })],
  [200, requestText('GET', '/health/live', { Connection: 'upgrade', Upgrade: 'h2c' })],
  [200, requestText('GET', 'http://[x/health/live')],
  [401, requestText('GET', '/api/v1/users/me/')],
  [404, requestText('GET', '/nothing')],
  [405, requestText('DELETE', '/api/v1/users/me/')],
  [405, requestText('TRACE', '/docs/')],
  [413, requestText('POST', verify, { ...json, 'Content-Length': '99999999' })],
  [414, requestText('GET', '/'.padEnd(9000, 'a'))],
  [415, requestText('POST', verify, { 'Content-Type': 'text/plain' }, '{}')],
  [431, requestText('GET', '/', { 'X-A': 'a'.repeat(17_000) })],
  [431, requestText('GET', '/', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`X-${i}`, 'a'])))],
]

describe('response headers', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const send = async (request: string, expected: number): Promise<RawAnswer> => {
    const answer = await sendRaw(service.url, request, { patience: 0 })
    assert.equal(answer.status, expected, request.slice(0, 80))
    return answer
  }

  function assertProtected(headers: Headers, what: string, referrer = 'no-referrer'): void {
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/, what)
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe|\*/, what)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', what)
    assert.equal(headers.get('x-frame-options'), 'DENY', what)
    assert.equal(headers.get('referrer-policy'), referrer, what)
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', what)
    assert.equal(headers.get('cache-control'), 'no-store', what)
    for (const name of ['server', 'x-powered-by', 'etag', 'set-cookie']) assert.equal(headers.get(name), null, what)
  }

  describe('headers that protect browsers (security 73)', () => {
    it('are in replies of every status', async () => {
      for (const [status, request] of requests) {
        const { headers } = await send(request, status)
        // The page of a dead link has a form that needs an Origin.
        const referrer = request.startsWith('GET /account/activate/') ? 'strict-origin' : 'no-referrer'
        assertProtected(headers, `${status} ${request.slice(0, 40)}`, referrer)
        assert.equal(headers.get('strict-transport-security'), null, request) // this service has no https URL
      }
    })

    it('isolate every HTML page from the windows of other origins', async () => {
      const pages = [
        ...['/', '/docs/', '/mails/', '/mails/samples/en/restore', '/account/', '/account/sign-in/'],
        ...['/account/activate/', '/account/absent/', '/problems/invalid'],
      ]
      for (const path of pages) {
        const { headers } = await service.fetch(path, { headers: { Accept: 'text/html' } })
        assert.equal(headers.get('content-type'), 'text/html; charset=utf-8', path)
        assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path)
      }
    })

    it('are in the 503 and 500 that a failing handler causes', async () => {
      const { verifyToken } = handlers
      const request = requestText(
        'POST',
        '/api/v1/auth/token/verify/',
        { 'Content-Type': 'application/json' },
        '{"token":"x"}',
      )
      const failures: [status: number, error: Error][] = [
        [503, new Problem('unavailable')],
        [500, new Error('an error')],
      ]
      try {
        for (const [status, error] of failures) {
          handlers.verifyToken = () => Promise.reject(error)
          assertProtected((await send(request, status)).headers, String(status))
        }
      } finally {
        handlers.verifyToken = verifyToken
      }
    })
  })

  describe('X-Request-Id (security 81)', () => {
    it('is unique for each request, even if the client sends its own', async () => {
      const ids = new Set<string>()
      for (const [status, request] of [...requests, ...requests]) {
        const named = request.replace('\r\n', '\r\nX-Request-Id: mine\r\n')
        const { headers } = await send(named, status)
        assert.match(
          headers.get('x-request-id') ?? '',
          /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/,
        )
        ids.add(headers.get('x-request-id') ?? '')
      }
      assert.equal(ids.size, 2 * requests.length)
    })
  })

  it('allow caching of the JWKS, contract and static files, but not of error replies', async () => {
    const kept = [
      '/.well-known/jwks.json',
      '/openapi.yaml',
      '/openapi.json',
      '/account/style.css',
      '/docs/swagger-ui.css',
    ]
    for (const path of kept) {
      const { headers } = await send(requestText('GET', path), 200)
      assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/, path)
      const { headers: refused } = await send(requestText('DELETE', path), 405)
      assert.equal(refused.get('cache-control'), 'no-store', path)
    }
  })

  describe('Strict-Transport-Security (security 73)', () => {
    it('is on every reply if the base URL is https', async () => {
      const behindTls = await TestService.start({ HOST_FOR_SEND_MAIL: 'https://accounts.test' })
      try {
        for (const [status, request] of requests) {
          const answer = await sendRaw(behindTls.url, request, { patience: 0 })
          assert.equal(answer.status, status)
          assert.match(answer.headers.get('strict-transport-security') ?? '', /^max-age=\d{8,}$/, request)
        }
      } finally {
        await behindTls.stop()
      }
    })

    it('includes subdomains only with HSTS_INCLUDE_SUBDOMAINS=on', async () => {
      const settings = { HOST_FOR_SEND_MAIL: 'https://accounts.test', HSTS_INCLUDE_SUBDOMAINS: 'on' }
      const service = await TestService.start(settings)
      try {
        for (const request of [requestText('GET', '/health/live'), 'garbage\r\n\r\n']) {
          const { headers } = await sendRaw(service.url, request, { patience: 0 })
          assert.match(headers.get('strict-transport-security') ?? '', /^max-age=\d{8,}; includeSubDomains$/)
        }
      } finally {
        await service.stop()
      }
    })
  })
})
