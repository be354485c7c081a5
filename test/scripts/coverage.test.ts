import assert from 'node:assert/strict'
import { coverageDifferences, coverageTable } from '../../scripts/coverage/comparison.ts'
import { documentedFacts } from '../../scripts/coverage/documented.ts'
import { observe, type Exchange } from '../../scripts/coverage/observe.ts'
import { readCoveredApi } from '../../scripts/coverage/operations.ts'
import { readOpenApi } from '../../scripts/openapi.ts'

const api = readCoveredApi(readOpenApi())
const documented = documentedFacts(api)
const without = (fact: string) => documented.difference(new Set([fact]))
const problem = 'application/problem+json'

describe('coverage of the contract', () => {
  it('requires every reply, code, request example, parameter and enum value', () => {
    for (const fact of [
      'reply registerUser 201 application/json',
      'reply activateUser 303 none',
      'reply getContract 200 application/yaml',
      `reply any-request 405 ${problem}`,
      'code updateMe 401 user_inactive',
      'code any-request 431 headers_too_large',
      'example registerUser international',
      'parameter listLoginLogs page_size',
      'argument listLoginLogs ordering=-timestamp',
      'argument updateMe language=ru',
      'value JwkKeyType EC',
      'value ProblemCode request_timeout',
    ])
      assert.ok(documented.has(fact), fact)
    assert.deepEqual(coverageDifferences(documented, documented), [])
    assert.doesNotMatch(coverageTable(documented, documented), /[✗!] *\d| ✗ {2}| ! {2}/)
  })

  it('names each fact that was not seen', () => {
    for (const fact of documented)
      assert.deepEqual(coverageDifferences(documented, without(fact)), [`${fact}: documented, never seen`])
  })

  it('names each fact that is not documented', () => {
    for (const fact of ['reply getMe 418 text/plain', 'reply getMe 200 text/html', 'code getMe 401 code_invalid'])
      assert.deepEqual(coverageDifferences(documented, new Set([...documented, fact])), [
        `${fact}: seen, not documented`,
      ])
  })

  it('shows unseen and undocumented facts in the row of the operation', () => {
    const row = (facts: Set<string>) => /^getMe .*$/m.exec(coverageTable(documented, facts))?.[0]
    assert.match(row(without('reply getMe 200 application/json')) ?? '', /^getMe\s+✗/)
    assert.match(row(new Set([...documented, 'reply getMe 200 text/html'])) ?? '', /^getMe\s+!/)
    assert.match(row(without('code getMe 401 user_inactive')) ?? '', /5\/6/)
  })

  const json = 'application/json; charset=utf-8'
  const me = '/api/v1/users/me/'
  const seen: [what: string, exchange: Exchange, facts: string[]][] = [
    [
      'a reply without the final slash, to HEAD',
      { method: 'HEAD', target: me.slice(0, -1), reply: { status: 200, type: json, body: { text: '' } } },
      ['reply getMe 200 application/json'],
    ],
    [
      'arguments and values that were accepted',
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
    it(`counts ${what}`, () => {
      assert.deepEqual(observe(api, exchange), facts)
    })
  }
})
