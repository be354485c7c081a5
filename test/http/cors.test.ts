import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { operations } from '../support/operations.ts'
import { requestText, sendRaw, type RawAnswer } from './support/raw.ts'

const app = 'https://app.example.com'
const local = 'http://localhost:3000'
const me = '/api/v1/users/me/'
const verify = '/api/v1/auth/token/verify/'
const json = { 'Content-Type': 'application/json' }
const body = JSON.stringify({ token: 'x' })

const cookieOperations = ['createToken', 'refreshToken', 'revokeToken']

// Origins that are not on the list, although many resemble one that is.
const foreign = [
  ...['https://evil.example', 'null', '*', '', 'https://app.example.com.evil.example', 'https://evil-app.example.com'],
  ...['https://evilapp.example.com', 'https://sub.app.example.com', 'https://example.com', 'https://app.example.co'],
  ...[
    'http://app.example.com',
    'https://app.example.com:443',
    'https://app.example.com:8443',
    'https://app.example.com.',
  ],
  ...['https://App.example.com', 'HTTPS://app.example.com', 'https://app.example.com/', 'https://app-example.com'],
  ...['https://app.example.com@evil.example', 'https://app.example.com, https://app.example.com', 'app.example.com'],
  ...[
    'https://evil.example https://app.example.com',
    'http://localhost',
    'http://localhost:3001',
    'http://127.0.0.1:3000',
  ],
]

const corsFields = ({ headers }: RawAnswer) => [...headers.keys()].filter((name) => name.startsWith('access-control-'))
const varies = ({ headers }: RawAnswer) => (headers.get('vary') ?? '').split(', ')

describe('CORS (security 74)', () => {
  let service: TestService
  let token: string
  before(async () => {
    service = await TestService.start({ CORS_ORIGINS: `${app}, ${local}` })
    token = (await service.signedIn()).access
  })
  after(() => service.stop())

  const send = (method: string, path: string, headers: Record<string, string> = {}, text = '') =>
    sendRaw(service.url, requestText(method, path, headers, text), { patience: 0 })
  const preflight = (path: string, origin: string, headers: Record<string, string> = {}) =>
    send('OPTIONS', path, { Origin: origin, 'Access-Control-Request-Method': 'POST', ...headers })

  it('allows preflights of a listed origin for every operation, for an hour', async () => {
    for (const { id, path, method } of operations) {
      const asked = {
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'authorization,x-evil',
      }
      const answer = await preflight(path, app, asked)
      assert.deepEqual([answer.status, answer.text], [204, ''], path)
      assert.equal(answer.headers.get('access-control-allow-origin'), app)
      assert.equal(answer.headers.get('access-control-allow-methods'), 'GET,HEAD,POST,PATCH,DELETE')
      const allowed = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(',')
      for (const name of ['authorization', 'content-type', 'accept', 'accept-language', 'if-match', 'idempotency-key'])
        assert.ok(allowed.includes(name))
      for (const name of ['x-evil', '*', 'cookie', 'if-none-match', 'x-http-method-override'])
        assert.ok(!allowed.includes(name))
      assert.equal(answer.headers.get('access-control-max-age'), '3600')
      const credentials = cookieOperations.includes(id) ? 'true' : null
      assert.equal(answer.headers.get('access-control-allow-credentials'), credentials)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.ok(varies(answer).includes('Origin'))
      assert.ok(answer.headers.get('access-control-allow-methods')?.split(',').includes(method))
    }
  })

  it('allows the header fields of tracing libraries', async () => {
    const sent = [
      ...['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled'],
      ...['uber-trace-id', 'x-datadog-trace-id', 'x-datadog-parent-id', 'x-datadog-origin', 'newrelic', 'request-id'],
      ...['x-datadog-sampling-priority', 'elastic-apm-traceparent', 'x-amzn-trace-id', 'x-request-id'],
    ]
    const answer = await preflight(verify, app, { 'Access-Control-Request-Headers': sent.join() })
    const allowed = (answer.headers.get('access-control-allow-headers') ?? '').toLowerCase().split(',')
    assert.deepEqual([answer.status, sent.filter((name) => !allowed.includes(name))], [204, []])
    const traced = await send('POST', verify, { ...json, Origin: app, baggage: 'a=b', traceparent: '00-x' }, body)
    assertProblem(traced, 401, 'token_not_valid')
  })

  it('lets a listed origin read replies, errors and their headers', async () => {
    const authorized = { Authorization: `Bearer ${token}` }
    const asked: [status: number, method: string, path: string, headers?: Record<string, string>, text?: string][] = [
      [200, 'GET', me, authorized],
      [200, 'HEAD', me, authorized],
      [200, 'GET', '/.well-known/jwks.json'],
      [200, 'GET', '/openapi.json'],
      [303, 'GET', '/api/v1/users/activate/?code=x', { Accept: 'text/html' }],
      [400, 'POST', verify, json, '{}'],
      [400, 'GET', '/api/v1/%'],
      [401, 'POST', verify, json, body],
      [401, 'GET', me],
      [403, 'GET', '/api/v1/users/', authorized],
      [404, 'GET', '/api/v1/nothing/'],
      [405, 'DELETE', verify],
      [413, 'POST', verify, { ...json, 'Content-Length': '99999' }],
      [414, 'GET', '/'.padEnd(9000, 'a')],
      [415, 'POST', verify, { 'Content-Type': 'text/plain' }, body],
    ]
    for (const origin of [app, local]) {
      for (const [status, method, path, headers = {}, text = ''] of asked) {
        const answer = await send(method, path, { Origin: origin, ...headers }, text)
        const what = `${status} ${method} ${path}`.slice(0, 60)
        assert.equal(answer.status, status, what)
        assert.equal(answer.headers.get('access-control-allow-origin'), origin, what)
        const exposed = 'ETag,RateLimit,RateLimit-Policy,Retry-After,X-Request-Id'
        assert.equal(answer.headers.get('access-control-expose-headers'), exposed, what)
        assert.deepEqual(corsFields(answer).length, 2, what)
        assert.ok(varies(answer).includes('Origin'), what)
        assert.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin', what)
      }
    }
    const page = await send('GET', '/api/v1/users/activate/?code=x', { Origin: app, Accept: 'text/html' })
    assert.deepEqual(varies(page).sort(), ['Accept', 'Origin'])
  })

  it('sends no CORS headers to any other origin', async () => {
    for (const origin of foreign) {
      const [asked, got] = [
        await preflight(verify, origin),
        await send('POST', verify, { ...json, Origin: origin }, body),
      ]
      assertProblem(asked, 405, 'method_not_allowed')
      assertProblem(got, 401, 'token_not_valid')
      for (const answer of [asked, got]) {
        assert.deepEqual(corsFields(answer), [], origin)
        assert.ok(varies(answer).includes('Origin'), origin)
      }
    }
    const [without, twice] = [await send('GET', me), await send('GET', me, { Origin: app, origin: app })]
    assert.deepEqual([without, twice].map(corsFields), [[], []])
    assert.ok(varies(without).includes('Origin'))
  })

  it('returns 405 for an OPTIONS request without a requested method', async () => {
    assertProblem(await send('OPTIONS', verify, { Origin: app }), 405, 'method_not_allowed')
  })

  it('does not let any origin read the pages for people', async () => {
    for (const path of [
      '/',
      '/start/copy.js',
      '/account/activate/?code=x',
      '/account/style.css',
      '/docs/',
      '/docs/openapi-3.0.json',
      '/docs/openapi-clients.json',
      '/docs',
    ]) {
      for (const target of [path, `http://accounts.test${path}`]) {
        for (const answer of [await send('GET', target, { Origin: app }), await preflight(target, app)]) {
          assert.deepEqual(corsFields(answer), [], target)
          assert.notEqual(answer.status, 204, target)
        }
      }
    }
  })

  it('is off by default', async () => {
    const bare = await TestService.start()
    try {
      const ask = (method: string) =>
        sendRaw(bare.url, requestText(method, verify, { Origin: app, 'Access-Control-Request-Method': 'POST' }))
      for (const answer of [await ask('OPTIONS'), await ask('GET')]) {
        assertProblem(answer, 405, 'method_not_allowed')
        assert.deepEqual([corsFields(answer), answer.headers.get('vary')], [[], null])
      }
    } finally {
      await bare.stop()
    }
  })
})
