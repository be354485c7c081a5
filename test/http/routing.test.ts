import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { TestService, type Answer } from '../support/service.ts'
import { contract, follow } from '../support/contract.ts'
import { operations, paths } from '../support/operations.ts'
import { requestText, sendRaw } from './support/raw.ts'

const me = '/api/v1/users/me/'
const verify = '/api/v1/auth/token/verify/'

describe('routing', () => {
  let service: TestService
  let headers: { Authorization: string }
  before(async () => {
    service = await TestService.start()
    headers = { Authorization: `Bearer ${(await service.signedIn()).access}` }
  })
  after(() => service.stop())

  const raw = (method: string, target: string, more: Record<string, string> = {}) =>
    sendRaw(service.url, requestText(method, target, { ...headers, ...more }), { patience: 0 })

  describe('methods that a path does not have (security 71)', () => {
    for (const [path, methods] of paths) {
      it(`get 405 with an Allow header: ${path}`, async () => {
        const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort()
        const all = [
          'GET',
          'HEAD',
          'POST',
          'PUT',
          'PATCH',
          'DELETE',
          'OPTIONS',
          'TRACE',
          'PROPFIND',
          'M-SEARCH',
          'QUERY',
        ]
        for (const method of all.filter((other) => !allowed.includes(other))) {
          const answer = await raw(method, path)
          if (method === 'HEAD') assert.equal(answer.status, 405)
          else assertProblem(answer, 405, 'method_not_allowed')
          assert.equal(answer.headers.get('allow'), allowed.join(', '), method)
        }
      })
    }
  })

  it('returns 404 for any method on an unknown path', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE']) {
      assertProblem(await raw(method, '/api/v1/nothing/'), 404, 'not_found')
    }
    assertProblem(await raw('OPTIONS', '*'), 404, 'not_found')
  })

  it('serves each API path without its final slash, and does not redirect', async () => {
    for (const { id, method, path, example } of operations.filter((operation) => operation.path.endsWith('/'))) {
      const body = example === undefined ? {} : { body: JSON.stringify({ ...example, code: 'x', unknown: 1 }) }
      const request = { method, headers: { ...headers, 'Content-Type': 'application/json' }, ...body }
      const [slashed, bare] = [await service.fetch(path, request), await service.fetch(path.slice(0, -1), request)]
      assert.ok([200, 400, 403, 404].includes(slashed.status), `${id}: ${slashed.status}`)
      assert.deepEqual(comparable(bare), comparable(slashed), id)
    }
  })

  it('keeps the query of a path to which it adds the final slash', async () => {
    const page = await service.fetch('/api/v1/logs/login?page_size=0', { headers })
    assertProblem(page, 400, 'invalid')
    assert.deepEqual(page.body['errors'], [{ parameter: 'page_size', code: 'minimum', detail: 'At least 1.' }])
  })

  it('returns 404 if a path of the contract without a final slash is sent with one', async () => {
    for (const path of ['/health/live', '/health/ready', '/openapi.yaml', '/openapi.json', '/.well-known/jwks.json']) {
      assert.equal((await service.fetch(path)).status, 200, path)
      assertProblem(await service.fetch(`${path}/`), 404, 'not_found')
    }
  })

  it('serves files under /account/ without a final slash', async () => {
    const style = await service.fetch('/account/style.css')
    assert.equal(style.status, 200)
    assert.equal(style.headers.get('content-type'), 'text/css; charset=utf-8')
  })

  const unknown = [
    ...['//me', '//api/v1/users/me/', '/api//v1/users/me/', '/api/v1/users/me//', '/api/v1/users//me/', '/api/v1//'],
    ...['/USERS/ME/', '/api/v1/USERS/ME/', '/API/v1/users/me/', '/api/v1/users/Me', '/Health/live', '/openapi.YAML'],
    ...[
      '/api/v1/users/%6de/',
      '/api/v1/users/me%2f',
      '/api/v1/users%2Fme/',
      '/%61pi/v1/users/me/',
      '/api/v1/users/me/%00',
    ],
    ...[
      '/api/v1/users/./me/',
      '/api/v1/users/x/../me/',
      '/api/v1/users\\me/',
      '/api/v1/users/me;a=1/',
      '/api/v1/users/me/#a',
    ],
    ...['/api/v1/', '/api', '/users/me/', '/api/v2/users/me/', '/api/v1/users/me/x/', '/api/v1/users/me.json'],
    ...['/toString', '/__proto__', '/api/v1/users/{user_id}/', '/metrics', '/.env', '/src/main.ts', '/health'],
  ]
  describe('requests for other spellings of a path, or with HEAD (security 71)', () => {
    it('get 404 if they contain doubled slashes, capitals, escapes or dots', async () => {
      for (const path of unknown) {
        const answer = await raw('GET', path)
        assert.equal(answer.status, 404, path)
        assertProblem(answer, 404, 'not_found')
      }
    })

    it('get 400 for a malformed escape in the path, but not in the query', async () => {
      for (const path of ['/%', '/%zz', '/api/v1/users/%6/', '/api/v1/users/%ff/', '/%c3%28', `${me}%`]) {
        assertProblem(await raw('GET', path), 400, 'invalid')
      }
      assert.equal((await raw('GET', `${me}?a=%zz&%`)).status, 200)
    })

    it('get the same reply for HEAD as for GET, but without a body', async () => {
      for (const { id, path } of operations.filter(({ method }) => method === 'GET')) {
        const target = id === 'activateUser' ? `${path}?code=x` : path
        const accept = { ...headers, Accept: 'text/html' }
        const [get, head] = [await raw('GET', target, accept), await raw('HEAD', target, accept)]
        assert.equal(head.text, '', id)
        assert.equal(head.status, get.status, id)
        const sent = (answer: Answer) => comparable({ ...answer, body: {} })
        assert.deepEqual(sent(head), sent(get), id)
      }
      for (const path of [
        '/',
        '/start/copy.js',
        '/docs/',
        '/docs/start.js',
        '/account/style.css',
        '/account/activate/?code=x',
        '/nothing',
      ]) {
        const [get, head] = [await raw('GET', path), await raw('HEAD', path)]
        assert.deepEqual([head.text, head.status], ['', get.status], path)
        assert.equal(head.headers.get('content-type'), get.headers.get('content-type'), path)
      }
    })
  })

  describe('a request target in absolute form (security 24)', () => {
    it('is answered like its path; its host is ignored', async () => {
      assert.equal((await raw('GET', `http://evil.example${me}`)).status, 200)
      assert.equal((await raw('GET', `HTTPS://evil.example:1/health/live?x`)).status, 200)
      assertProblem(await raw('GET', 'http://evil.example/nothing'), 404, 'not_found')
      assertProblem(await raw('GET', 'http://evil.example//health/live'), 404, 'not_found')
      assertProblem(await raw('GET', 'ftp://evil.example/health/live'), 404, 'not_found')
    })
  })

  it('accepts a malformed host in an absolute-form target only with http or https', async () => {
    for (const host of ['[x', 'x:abc', 'x:99999', 'u%:p@x', 'u:p@x']) {
      assert.equal((await raw('GET', `http://${host}${me}`)).status, 200, host)
    }
    assert.match((await raw('GET', 'http://[x?code=1')).text, /<h1>Gatehouse is running<\/h1>/)
    assert.equal((await raw('GET', 'http://[x/docs')).headers.get('location'), '/docs/')
    for (const target of ['ftp://[x/', 'ftp://[x/health/live', '*', '//[x/#', '//[x/health/live', '/\\[x/#http://[x']) {
      assertProblem(await raw('GET', target), 404, 'not_found')
    }
  })

  it('routes by the request line, and ignores header fields that override it', async () => {
    const others = {
      'X-HTTP-Method-Override': 'DELETE',
      'X-Method-Override': 'DELETE',
      'X-Original-URL': '/no',
      'X-Rewrite-URL': '/no',
      'X-Forwarded-Prefix': '/no',
      'X-Forwarded-Method': 'DELETE',
    }
    assert.equal((await raw('GET', me, others)).status, 200)
  })

  describe('the length of a URL (security 69)', () => {
    it('may be 8 KiB; a longer URL gets 414', async () => {
      const longest = `${me}?x=`.padEnd(8 * 1024, 'x')
      assert.equal((await raw('GET', longest)).status, 200)
      assertProblem(await raw('GET', `${longest}x`), 414, 'uri_too_long')
      assertProblem(await raw('GET', '/'.padEnd(9000, '/')), 414, 'uri_too_long')
    })
  })

  it('reads each declared query parameter once, and ignores undeclared parameters', async () => {
    const logs = '/api/v1/logs/login/'
    for (const name of ['page_size', 'ordering', 'user_agent', 'cursor', 'ip_address', 'user', 'timestamp_after']) {
      const answer = await service.fetch(`${logs}?${name}=1&x=1&${name}=1`, { headers })
      assertProblem(answer, 400, 'invalid')
      const detail = 'Give this parameter once.'
      assert.deepEqual(answer.body['errors'], [{ parameter: name, code: 'duplicate', detail }])
    }
    assertProblem(await service.fetch('/api/v1/users/activate/?code=a&code=a'), 400, 'invalid')
    assert.equal(
      (await service.fetch(`${logs}?x=1&x=2&page_size[]=0&__proto__=1&PAGE_SIZE=0`, { headers })).status,
      200,
    )
  })

  it('ignores every optional query parameter with an empty value', async () => {
    const { id, access } = await service.signedIn({ superuser: true })
    const urls = Object.entries(contract.paths).flatMap(([path, { get }]) =>
      (get?.parameters ?? [])
        .map(follow)
        .filter((parameter) => parameter.in === 'query' && !parameter.required)
        .map(({ name }) => `${path.replace('{user_id}', id)}?${name}=`),
    )
    assert.ok(urls.length > 30, String(urls.length))
    for (const url of urls)
      assert.equal((await service.fetch(url, { headers: { Authorization: `Bearer ${access}` } })).status, 200, url)
    assertProblem(await service.fetch('/api/v1/users/activate/?code='), 400, 'invalid')
  })

  it('accepts a boolean as Python writes it', async () => {
    const { access } = await service.signedIn({ superuser: true })
    const headers = { Authorization: `Bearer ${access}` }
    for (const [value, status] of [
      ['True', 200],
      ['False', 200],
      ['TRUE', 400],
      ['1', 400],
    ] as const)
      assert.equal((await service.fetch(`/api/v1/users/?is_active=${value}`, { headers })).status, status, value)
  })

  it('converts the types of query parameters, but not of body members', async () => {
    const sized = (size: string) => service.fetch(`/api/v1/logs/login/?page_size=${size}`, { headers })
    assert.equal((await sized('1')).status, 200)
    for (const size of ['x', '1.5', '1e400', 'NaN', 'null', 'true', '-1', '101', '9007199254740993', '%00']) {
      assertProblem(await sized(size), 400, 'invalid')
    }
    for (const token of ['1', 'true', 'null']) {
      const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: `{"token":${token}}` }
      assertProblem(await service.fetch(verify, request), 400, 'invalid')
    }
  })
})

/** Returns an answer without the values that differ from request to request. */
function comparable({ status, headers, body }: Answer): object {
  const passing = ['x-request-id', 'date', ...(headers.get('content-length') === '0' ? ['content-length'] : [])]
  const lasting = [...headers].filter(([name]) => !passing.includes(name))
  const { request_id: _, ...rest } = body
  return { status, headers: lasting, body: rest }
}
