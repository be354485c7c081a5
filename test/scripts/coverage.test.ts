import assert from 'node:assert/strict'
import { coverageDifferences, coverageTable } from '../../scripts/coverage/comparison.ts'
import { documentedFacts } from '../../scripts/coverage/documented.ts'
import { impossibleFacts } from '../../scripts/coverage/members.ts'
import { observe, type Exchange } from '../../scripts/coverage/observe.ts'
import { readCoveredApi } from '../../scripts/coverage/operations.ts'
import { readOpenApi } from '../../scripts/openapi.ts'

const api = readCoveredApi(readOpenApi())
const documented = documentedFacts(api)
const without = (fact: string) => documented.difference(new Set([fact]))
const problem = 'application/problem+json'

describe('the coverage of the contract', () => {
  it('requires every reply, code, request example, parameter and enum value', () => {
    for (const fact of [
      'reply registerUser 201 application/json',
      'reply activateUser 303 none',
      'reply getContract 200 text/plain',
      `reply any-request 405 ${problem}`,
      'code updateMe 401 user_inactive',
      'code any-request 431 headers_too_large',
      'example registerUser international',
      'parameter listLoginLogs page_size',
      'parameter updateMe If-Match',
      'argument listLoginLogs ordering=-timestamp',
      'argument updateMe language=ru',
      'value JwkKeyType EC',
      'argument listSecurityEvents type=keys_rotated',
      'value ProblemCode request_timeout',
      'value SecurityEventType keys_rotated',
      'value Language ru',
      'member getMe 200/last_login absent',
      'member exportMe 200/addresses/[]/held_until present',
      'member any-request problem/errors/[]/parameter absent',
      'constraint registerUser /first_name maxLength outside',
      'constraint registerUser /email required inside',
      'constraint registerUser / additionalProperties outside',
      'constraint listUsers ?page_size minimum inside',
      'constraint getUser {user_id} format outside',
    ])
      assert.ok(documented.has(fact), fact)
    assert.deepEqual(coverageDifferences(documented, documented), [])
    assert.doesNotMatch(coverageTable(documented, documented), /[✗!] *\d| ✗ {2}| ! {2}/)
  })

  it('reports everything documented that no test saw', () => {
    for (const fact of documented)
      assert.deepEqual(coverageDifferences(documented, without(fact)), [`${fact}: documented, never seen`])
  })

  it('reports everything that a test saw but the contract does not document', () => {
    for (const fact of ['reply getMe 418 text/plain', 'reply getMe 200 text/html', 'code getMe 401 code_invalid'])
      assert.deepEqual(coverageDifferences(documented, new Set([...documented, fact])), [
        `${fact}: seen, not documented`,
      ])
  })

  it('marks the row of an operation of which something is unseen or undocumented', () => {
    const row = (facts: Set<string>) => /^getMe .*$/m.exec(coverageTable(documented, facts))?.[0]
    assert.match(row(without('reply getMe 200 application/json')) ?? '', /^getMe\s+✗/)
    assert.match(row(new Set([...documented, 'reply getMe 200 text/html'])) ?? '', /^getMe\s+!/)
    assert.match(row(without('code getMe 401 user_inactive')) ?? '', /5\/6/)
  })

  it('does not require a documented case that cannot occur in a reply', () => {
    for (const fact of Object.keys(impossibleFacts)) assert.ok(!documented.has(fact), fact)
  })

  it('rejects a coverage exemption for something that the contract does not document', () => {
    const less = { ...api, operations: api.operations.filter(({ id }) => id !== 'createUser') }
    assert.throws(() => documentedFacts(less), /^Error: member createUser 201\/last_login present: openapi\.yaml does /)
  })

  const json = 'application/json; charset=utf-8'
  const me = '/api/v1/users/me/'
  const seen: [what: string, exchange: Exchange, facts: string[]][] = [
    [
      'the reply to a HEAD request without the final slash',
      { method: 'HEAD', target: me.slice(0, -1), reply: { status: 200, type: json, body: { text: '' } } },
      ['reply getMe 200 application/json'],
    ],
    [
      'arguments of an accepted request and values of its reply',
      {
        method: 'PATCH',
        target: me,
        body: '{"language":"ru"}',
        reply: { status: 200, type: json, body: { language: 'en' } },
      },
      [
        'reply updateMe 200 application/json',
        'value Language en',
        'example updateMe language',
        'argument updateMe language=ru',
      ],
    ],
    [
      'a header field that was accepted',
      {
        method: 'PATCH',
        target: me,
        headers: new Headers({ 'If-Match': '*' }),
        reply: { status: 200, type: json, body: {} },
      },
      ['reply updateMe 200 application/json', 'parameter updateMe If-Match'],
    ],
    [
      'a refused request by its code',
      { method: 'GET', target: `${me}?x`, reply: { status: 401, type: problem, body: { code: 'user_inactive' } } },
      [`reply getMe 401 ${problem}`, 'code getMe 401 user_inactive', 'value ProblemCode user_inactive'],
    ],
    [
      'a 400 that an operation does not document',
      { method: 'GET', target: me, reply: { status: 400, type: problem, body: {} } },
      [`reply getMe 400 ${problem}`],
    ],
    [
      'a 400 to a request that is not HTTP',
      { method: 'GET', target: me, raw: true, reply: { status: 400, type: problem, body: {} } },
      [`reply any-request 400 ${problem}`],
    ],
    [
      'an operation that is not in the contract',
      { method: 'PUT', target: me, reply: { status: 200, type: json, body: {} } },
      ['reply no-operation 200 application/json'],
    ],
    [
      'nothing in a CORS preflight',
      { method: 'OPTIONS', target: me, reply: { status: 204, type: null, body: {} } },
      [],
    ],
    [
      'nothing in an HTML page',
      { method: 'GET', target: '/docs/', reply: { status: 200, type: 'text/html', body: {} } },
      [],
    ],
  ]
  for (const [what, exchange, facts] of seen) {
    it(`records ${what}`, () => {
      assert.deepEqual(
        observe(api, exchange).filter((fact) => !/^(member|constraint) /.test(fact)),
        facts,
      )
    })
  }

  it('records which optional members a reply contains or lacks, except for HEAD', () => {
    const target = `${me}export/`
    const exported = { addresses: [{}, { held_until: '' }] }
    const reply = { status: 200, type: json, body: exported }
    assert.deepEqual(observe(api, { method: 'POST', target, reply }), [
      'reply exportMe 200 application/json',
      'member exportMe 200/addresses/[]/held_until absent',
      'member exportMe 200/addresses/[]/held_until present',
    ])
    const refused = { status: 401, type: problem, body: {} }
    assert.deepEqual(observe(api, { method: 'POST', target, reply: refused }), [
      `reply exportMe 401 ${problem}`,
      'member any-request problem/errors absent',
    ])
    const headReply = { status: 200, type: json, body: { text: '' } }
    assert.deepEqual(observe(api, { method: 'HEAD', target: me, reply: headReply }), [
      'reply getMe 200 application/json',
    ])
  })

  describe('the coverage of a constraint', () => {
    const limitsOf = (exchange: Exchange) =>
      observe(api, exchange)
        .filter((fact) => fact.startsWith('constraint '))
        .map((fact) => fact.replace('constraint ', ''))
    const update = (body: unknown, errors: object[] = [], status = errors.length > 0 ? 400 : 200, code = '') =>
      limitsOf({
        ...{ method: 'PATCH', target: me, body: JSON.stringify(body) },
        reply: { status, type: json, body: code === '' ? { errors } : { code } },
      })
    const [pointer, tooLong] = ['/first_name', 'max_length']

    it('includes the last allowed value if the service validated the request', () => {
      const fact = 'updateMe /first_name maxLength inside'
      const exact = { first_name: '😀'.repeat(150) }
      assert.ok(update(exact).includes(fact))
      assert.ok(update({ ...exact, x: 1 }, [{ pointer: '/x', code: 'unknown_member' }]).includes(fact))
      assert.ok(!update({ first_name: 'a'.repeat(149) }).includes(fact))
      assert.ok(!update(exact, [{ pointer, code: 'format' }]).includes(fact))
      assert.deepEqual(update(exact, [{ pointer: '', code: 'json' }]), [])
      assert.deepEqual(update(exact, [], 400, 'invalid'), [])
      for (const status of [401, 403, 413, 415, 429, 503]) assert.deepEqual(update(exact, [], status), [])
    })

    it('includes the first forbidden value if the service refused it for this reason', () => {
      const fact = 'updateMe /first_name maxLength outside'
      const long = { first_name: '😀'.repeat(151) }
      assert.ok(update(long, [{ pointer, code: tooLong }]).includes(fact))
      assert.ok(!update({ first_name: 'a'.repeat(152) }, [{ pointer, code: tooLong }]).includes(fact))
      assert.ok(!update(long, [{ pointer, code: 'pattern' }]).includes(fact))
      assert.ok(!update(long, [{ pointer: '/last_name', code: tooLong }]).includes(fact))
      assert.ok(!update(long).includes(fact))
    })

    it('includes an unknown or missing member if the request has no other error', () => {
      const signIn = (body: object, ...errors: object[]) =>
        limitsOf({
          ...{ method: 'POST', target: '/api/v1/auth/token/', body: JSON.stringify(body) },
          reply: { status: errors.length > 0 ? 400 : 401, type: problem, body: { errors } },
        })
      const [required, unknown] = ['createToken /email required', 'createToken / additionalProperties']
      const least = { email: 'a@b.cd', password: 'x' }
      const full = { ...least, refresh_cookie: false }
      assert.ok(signIn(least).includes(`${required} inside`))
      assert.ok(signIn(full).includes(`${unknown} inside`))
      const [noEmail, noPassword] = ['email', 'password'].map((name) => ({ pointer: `/${name}`, code: 'required' }))
      assert.ok(noEmail && noPassword)
      assert.ok(signIn({ password: 'x' }, noEmail).includes(`${required} outside`))
      assert.ok(!signIn({}, noEmail, noPassword).includes(`${required} outside`))
      const surprise = { pointer: '/x', code: 'unknown_member' }
      assert.ok(signIn({ ...full, x: 1 }, surprise).includes(`${unknown} outside`))
      assert.ok(!signIn({ password: 'x', x: 1 }, surprise, noEmail).includes(`${unknown} outside`))
      assert.ok(!signIn({ ...full, x: 1 }, surprise).includes(`${unknown} inside`))
    })

    it('includes a query parameter with an error, and a malformed id with a 404', () => {
      const list = (size: string, errors: object[]) =>
        limitsOf({
          ...{ method: 'GET', target: `/api/v1/users/?page_size=${size}` },
          reply: { status: errors.length > 0 ? 400 : 200, type: json, body: { errors } },
        })
      assert.ok(list('100', []).includes('listUsers ?page_size maximum inside'))
      const tooMany = [{ parameter: 'page_size', code: 'maximum' }]
      assert.deepEqual(list('101', tooMany), ['listUsers ?page_size maximum outside'])
      assert.deepEqual(list('102', tooMany), [])
      const get = (id: string, status: number) =>
        limitsOf({ method: 'GET', target: `/api/v1/users/${id}/`, reply: { status, type: json, body: {} } })
      const id = '0198f3a2-5d40-7c11-8e2a-94b7c3d5f601'
      const ofId = (side: string, ...names: string[]) => names.map((name) => `getUser {user_id} ${name} ${side}`)
      assert.deepEqual(get(id, 200), ofId('inside', 'maxLength', 'format'))
      assert.deepEqual(get(id, 404), [])
      assert.deepEqual(get(`${id}0`, 404), ofId('outside', 'maxLength', 'format'))
    })
  })
})
