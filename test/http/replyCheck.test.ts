import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Document } from 'openapi-backend'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/config.ts'
import { createReplyCheck, type CheckReply, type SentReply } from '../../src/http/replyCheck.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { compileOpenApi } from '../../src/http/validation.ts'
import type { Services } from '../../src/operations/context.ts'
import { formats } from '../../src/openapi.ts'
import { handlers } from '../../src/operations/index.ts'
import { Problem } from '../../src/problems.ts'
import { createServices } from '../../src/services.ts'
import { assertProblem } from '../support/answers.ts'
import { contract } from '../support/contract.ts'
import { LocalHashQueue } from '../../src/domain/passwords/hashQueue.ts'
import { quickHashing } from '../../src/sandbox/quickHashing.ts'
import { TestService } from '../support/service.ts'

const common = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': 'x' }
const tagged = { ...common, etag: '"x"' }
const user = {
  id: '0198f3a2-5d40-7c11-8e2a-94b7c3d5f601',
  email: 'test@example.com',
  first_name: '',
  last_name: '',
  language: 'en',
  is_superuser: false,
  date_joined: '2026-11-24T09:30:00.000000Z',
}
const page = { count: 2, next: null, previous: null, next_cursor: null, previous_cursor: null }
const sessionOf = (hour: string) => ({
  id: user.id,
  created_at: `2026-11-24T${hour}:00:00.000000Z`,
  last_used_at: '2026-11-24T11:00:00.000000Z',
  expires_at: '2026-11-25T11:00:00.000000Z',
  ip_address: '203.0.113.7',
  user_agent: '',
  last_ip_address: '203.0.113.7',
  last_user_agent: '',
  is_current: false,
})
const point = 'S6BR8Ni40tAHmsuEbqey-sv8UEGY9QTMUEFVqKMX7q8'
const problem = {
  type: 'https://a.test/problems/unavailable',
  title: 'x',
  status: 503,
  detail: 'x',
  code: 'unavailable',
  request_id: 'x',
}

describe('createReplyCheck', () => {
  let check: CheckReply
  before(async () => {
    const definition = structuredClone(contract) as unknown as Document
    check = createReplyCheck(await compileOpenApi(definition, formats), formats)
  })

  const me = (body: object, headers: Record<string, unknown> = tagged): [string, SentReply] => [
    'getMe',
    { status: 200, headers, body },
  ]
  const unavailable = { ...common, 'content-type': 'application/problem+json' }

  it('accepts replies that the contract describes', () => {
    assert.deepEqual(check(...me(user)), [])
    assert.deepEqual(
      check(
        ...me(
          { ...user, last_login: '2026-11-24T09:30:00.123456Z' },
          { ...tagged, connection: 'close', 'x-frame-options': 'DENY' },
        ),
      ),
      [],
    )
    assert.deepEqual(
      check('getReadiness', { status: 503, headers: { ...unavailable, 'retry-after': '5' }, body: problem }),
      [],
    )
    const redirection = {
      'cache-control': 'no-store',
      'x-request-id': 'x',
      location: '/account/activate/?code=x',
      vary: 'Accept',
    }
    assert.deepEqual(check('activateUser', { status: 303, headers: redirection, body: undefined }), [])
  })

  const { email: _, ...incomplete } = user
  const { 'cache-control': __, ...uncontrolled } = tagged
  const errors: [error: string, pattern: RegExp, ...reply: [string, SentReply]][] = [
    ['an undocumented status', /status 418 is not documented/, 'getMe', { status: 418, headers: common, body: {} }],
    [
      'a documented status of another operation',
      /status 403 is not/,
      'getMe',
      { status: 403, headers: common, body: {} },
    ],
    ['an unknown operation', /not documented/, 'getNothing', { status: 200, headers: common, body: {} }],
    [
      'another content type',
      /content type text\/plain instead of application\/json/,
      ...me(user, { ...tagged, 'content-type': 'text/plain' }),
    ],
    ['no content type', /content type undefined instead/, ...me(user, { ...tagged, 'content-type': undefined })],
    [
      'an error as plain JSON',
      /application\/json instead of application\/problem\+json/,
      'getReadiness',
      { status: 503, headers: { ...common, 'retry-after': '5' }, body: problem },
    ],
    ['a missing header', /header cache-control is missing/, ...me(user, uncontrolled)],
    [
      'a missing Retry-After',
      /header retry-after is missing/,
      'getReadiness',
      { status: 503, headers: unavailable, body: problem },
    ],
    [
      'a header that is malformed',
      /header retry-after: .*integer/,
      'getReadiness',
      { status: 503, headers: { ...unavailable, 'retry-after': 'soon' }, body: problem },
    ],
    ['an undocumented header', /header x-debug is not documented/, ...me(user, { ...tagged, 'x-debug': '1' })],
    ['a cookie', /header set-cookie is not documented/, ...me(user, { ...tagged, 'set-cookie': ['a=b'] })],
    ['a leaked column', /must NOT have additional properties: password_hash$/, ...me({ ...user, password_hash: 'x' })],
    [
      'a member that a list leaks',
      /body data\/keys\/0 must NOT have additional properties: d$/,
      'getJwks',
      {
        status: 200,
        headers: { ...common, 'cache-control': 'public', 'access-control-allow-origin': 'https://a.test' },
        body: { keys: [{ kty: 'EC', use: 'sig', alg: 'ES256', kid: 'x', crv: 'P-256', x: point, y: point, d: point }] },
      },
    ],
    [
      'a member of an empty object',
      /must NOT have additional properties: secret$/,
      'verifyToken',
      { status: 200, headers: common, body: { secret: 'x' } },
    ],
    [
      'a list in another order',
      /body data\/results must pass "x-order" keyword validation$/,
      'listSessions',
      { status: 200, headers: common, body: { ...page, results: ['09', '10'].map(sessionOf) } },
    ],
    ['a missing member', /must have required property 'email'/, ...me(incomplete)],
    ['a member of another type', /is_superuser must be boolean/, ...me({ ...user, is_superuser: 'false' })],
    ['null for a member that should be omitted', /last_login must be string/, ...me({ ...user, last_login: null })],
    ['a value that the contract does not list', /language must be equal to one of/, ...me({ ...user, language: 'de' })],
    ...['2026-11-24T09:30:00.123Z', '2026-11-24T09:30:00Z', '2026-11-24T09:30:00.123456+00:00'].map(
      (date_joined): (typeof errors)[number] => [
        `the date-time ${date_joined}`,
        /date_joined must (match pattern|NOT have more)/,
        ...me({ ...user, date_joined }),
      ],
    ),
    [
      'a date-time that is not RFC 3339',
      /date_joined must match format/,
      ...me({ ...user, date_joined: '24.11.2026' }),
    ],
    ['no body', /body .*must be object/, 'getMe', { status: 200, headers: tagged, body: undefined }],
    ...(
      [
        ['about:blank', /type must match pattern/],
        [
          'https://a.test/problems/internal',
          /type is https:\/\/a\.test\/problems\/internal, which is not .* unavailable$/,
        ],
      ] as const
    ).map(([type, pattern]): (typeof errors)[number] => [
      `a problem of the type ${type}`,
      pattern,
      'getReadiness',
      { status: 503, headers: { ...unavailable, 'retry-after': '5' }, body: { ...problem, type } },
    ]),
    [
      'a date in a header that must be a number',
      /header retry-after: .*must be integer/,
      'getReadiness',
      {
        status: 503,
        headers: { ...unavailable, 'retry-after': 'Thu, 26 Nov 2026 21:00:00 GMT' },
        body: problem,
      },
    ],
    [
      'a malformed text header',
      /header x-request-id: .*pattern|length/,
      ...me(user, { ...tagged, 'x-request-id': ' ' }),
    ],
    [
      'an unknown code of a problem',
      /code must be equal to one of/,
      'getReadiness',
      { status: 503, headers: { ...unavailable, 'retry-after': '5' }, body: { ...problem, code: 'oops' } },
    ],
  ]
  for (const [error, pattern, ...reply] of errors) {
    it(`reports ${error}`, () => {
      const [first = '', ...more] = check(...reply)
      assert.match(first, pattern)
      assert.deepEqual(more, [])
    })
  }

  it('reports every error', () => {
    assert.equal(check(...me(incomplete, { etag: '"x"', 'x-debug': '1' })).length, 5)
  })
})

describe('a test of an operation whose reply differs from the contract', () => {
  const { getMe } = handlers
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  afterEach(() => {
    handlers.getMe = getMe
  })
  after(() => service.stop())

  it('fails with the name of the operation and the error of the reply check', async () => {
    const { access } = await service.signedIn()
    const drifts: [reply: object, message: RegExp][] = [
      [{ status: 200, headers: { ETag: '"x"' }, body: { ...user, password_hash: 'x' } }, /^getMe .*: password_hash$/],
      [{ status: 418, body: user }, /^getMe .*: status 418 is not documented$/],
      [
        { status: 200, headers: { ETag: '"x"', 'X-Debug': '1' }, body: user },
        /^getMe .*: header x-debug is not documented$/,
      ],
    ]
    for (const [reply, message] of drifts) {
      handlers.getMe = () => Promise.resolve(reply as Awaited<ReturnType<typeof getMe>>)
      await assert.rejects(service.call('getMe', { token: access }), { message })
    }
  })

  it('does not fail if the handler throws, and the reply is the documented 500', async () => {
    const { access } = await service.signedIn()
    handlers.getMe = () => Promise.reject(new Error('the secret cause'))
    assertProblem(await service.call('getMe', { token: access }), 500, 'internal')
  })
})

describe('replies that differ from the contract', () => {
  const { getLiveness } = handlers
  let lines: string[]
  let services: Services
  let server: Server
  afterEach(() => {
    handlers.getLiveness = getLiveness
    server.close()
    services.passwords.stop()
  })

  async function get(handler: () => unknown, environment: Record<string, string> = {}) {
    lines = []
    const log = pino({ level: 'warn' }, { write: (line) => lines.push(line) })
    const production = { SECRET_KEY: 'x0123456789012345678901234567890123', HOST_FOR_SEND_MAIL: 'http://accounts.test' }
    const { config } = loadConfig({ PORT: '0', ...production, ...environment })
    ;({ services } = await createServices(config, 'the secret key of a test', log, new LocalHashQueue(quickHashing)))
    server = createHttpServer((await createApp(services, log)).callback(), {
      headers: {},
      baseUrl: () => '',
      log,
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    handlers.getLiveness = handler as typeof getLiveness
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health/live`)
    return { status: reply.status, text: await reply.text(), headers: reply.headers }
  }

  const drifts: [drift: string, named: RegExp, handler: () => unknown][] = [
    [
      'a leaked column',
      /additional properties: password_hash$/,
      () => ({ status: 200, body: { status: 'ok', password_hash: 'secret' } }),
    ],
    ['an undocumented status', /status 202 is not documented/, () => ({ status: 202, body: { status: 'ok' } })],
    [
      'an undocumented header',
      /header x-secret is not documented/,
      () => ({ status: 200, headers: { 'X-Secret': 'secret' }, body: { status: 'ok' } }),
    ],
    [
      'another content type',
      /content type text\/html/,
      () => ({ status: 200, type: 'text/html', body: '<p>secret</p>' }),
    ],
    ['no body', /content type undefined/, () => ({ status: 200 })],
    [
      'a Problem that is not documented',
      /status 403 is not documented/,
      () => Promise.reject(new Problem('permission_denied')),
    ],
  ]
  for (const [drift, named, handler] of drifts) {
    it(`are replaced by 500, and the log names the operation: ${drift}`, async () => {
      const { status, text, headers } = await get(() => Promise.try(handler))
      assert.equal(status, 500)
      assert.equal(headers.get('content-type'), 'application/problem+json')
      assert.doesNotMatch(text + JSON.stringify([...headers]), /secret/i)
      assert.equal(lines.length, 1)
      const { request_id, err } = JSON.parse(lines[0] ?? '') as { request_id: string; err: string }
      assert.match(err, /^getLiveness answered what openapi\.yaml does not describe/)
      assert.match(err, named)
      assert.equal((JSON.parse(text) as { request_id: string }).request_id, request_id)
    })
  }

  it('are sent unchanged in production, where the check is off', async () => {
    const leak = () => Promise.resolve({ status: 200, body: { status: 'ok', more: 'x' } })
    const { status, text } = await get(leak, { NODE_ENV: 'production' })
    assert.deepEqual([status, JSON.parse(text)], [200, { status: 'ok', more: 'x' }])
    assert.deepEqual(lines, [])
  })

  describe('exceptions in production (security 81)', () => {
    it('are logged with the id of the request, and are not sent to the client', async () => {
      const { status, text } = await get(() => Promise.reject(new Error('the secret cause')), {
        NODE_ENV: 'production',
      })
      assert.equal(status, 500)
      const { request_id, code } = JSON.parse(text) as Record<string, string>
      assert.equal(code, 'internal')
      assert.doesNotMatch(text, /secret|stack|at /)
      assert.match(lines.join(), /the secret cause/)
      assert.ok(lines.join().includes(String(request_id)))
    })
  })
})
