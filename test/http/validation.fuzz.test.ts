import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Document, OpenAPIBackend, Operation } from 'openapi-backend'
import { formats } from '../../src/openapi.ts'
import { compileOpenApi, validate } from '../../src/http/validation.ts'
import type { FieldError } from '../../src/problems.ts'
import { bodyOf, contract, follow, type Schema } from '../support/contract.ts'
import { operations } from '../support/operations.ts'
import { around, describeFuzz, holds, nearly, problemOf } from '../support/fuzz.ts'

type Body = Record<string, unknown>

function schemaOf(id: string): Schema {
  const operation = Object.values(contract.paths)
    .flatMap((item) => Object.values(item))
    .find(({ operationId }) => operationId === id)
  const schema = operation && bodyOf(operation)?.schema
  assert.ok(schema, id)
  return follow(schema)
}

const value = fc.oneof(
  nearly(fc.constantFrom('test@example.com', 'correct horse battery staple', 'en', 'ru', '12345678'), 1),
  fc.constantFrom('', 'a\ud800', 'x'.repeat(5000), null, true, false, 0, -0, 1e400, 2 ** 53 + 1, [], {}, [[]], {
    __proto__: null,
  }),
  fc.jsonValue({ maxDepth: 1 }),
)
const names = fc.constantFrom(
  'email',
  'password',
  'is_superuser',
  'id',
  '__proto__',
  'constructor',
  'toString',
  'a/b~c',
  '',
  'x'.repeat(600),
)

type Change = { name: string; how: 'put' | 'drop'; value: unknown }
const change = (known: string[]): fc.Arbitrary<Change> =>
  fc.record({ name: fc.oneof(fc.constantFrom(...known), names), how: fc.constantFrom('put', 'put', 'drop'), value })

/** Parsed bodies: examples of the contract with up to two members changed, and some values that are not objects. */
const bodies = fc.constantFrom(...operations.filter(({ example }) => example)).chain(({ id, example = {} }) => {
  const changed = fc.array(change(Object.keys(example)), { maxLength: 2 }).map((changes) => {
    const members = new Map(Object.entries(example))
    for (const { name, how, value: put } of changes) {
      if (how === 'put') members.set(name, put)
      else members.delete(name)
    }
    const text = [...members].map(
      ([name, member]) => `${JSON.stringify(name)}:${member === Infinity ? '1e400' : JSON.stringify(member)}`,
    )
    return JSON.parse(`{${text.join()}}`) as unknown
  })
  return fc.tuple(
    fc.constant(id),
    fc.oneof({ weight: 20, arbitrary: changed }, { weight: 1, arbitrary: fc.oneof(value, fc.constant(undefined)) }),
  )
})

const parameter = around(
  fc.constantFrom(
    '1',
    '20',
    '100',
    'true',
    'test@example.com',
    '-timestamp',
    '2026-11-24T10:15:42Z',
    '192.0.2.1',
    'sign_in_failed',
  ),
)
const queryNames = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'page_size',
      'cursor',
      'ordering',
      'search',
      'email',
      'is_active',
      'timestamp_after',
      'ip_address',
      'user',
      'code',
      'type',
    ),
  },
  names,
)
const queries = fc
  .array(fc.tuple(queryNames, parameter), { maxLength: 3 })
  .map((pairs) => pairs.map(([name, text]) => `${name}=${encodeURIComponent(text.toWellFormed())}`).join('&'))

describeFuzz('the validation of requests against the contract', () => {
  let api: OpenAPIBackend
  const operationOf = (id: string) => api.getOperation(id) as Operation

  before(async () => {
    api = await compileOpenApi(structuredClone(contract) as unknown as Document, formats)
  })

  it('returns a valid body unchanged, or names its errors (security 65, 67, 75)', () =>
    holds(bodies, ['taken', 'refused'], async ([id, body]) => {
      const operation = operationOf(id)
      const before = JSON.stringify(body)
      let read: { body: unknown } | undefined
      const path = operations.find((one) => one.id === id)?.path ?? ''
      const work = () =>
        (read = validate(api, operation, { method: operation.method, path, query: '', headers: {}, body }))
      const problem = await problemOf(work, 'invalid')
      assert.equal(JSON.stringify(body), before)
      if (problem) {
        assert.ok(problem.errors?.length)
        for (const error of problem.errors) assertPlace(error, body)
        return 'refused'
      }
      const { required = [], properties = {} } = schemaOf(id)
      assert.equal(read?.body, body)
      for (const name of Object.keys(body as Body)) assert.ok(Object.hasOwn(properties, name), name)
      for (const name of required) assert.ok(Object.hasOwn(body as Body, name), name)
      for (const member of Object.values(body as Body)) {
        assert.ok(typeof member !== 'number' || Number.isFinite(member))
        assert.ok(typeof member !== 'string' || member.isWellFormed())
      }
      return 'taken'
    }))

  it('accepts a page_size from 1 to 100, or names the parameter (security 67, 72)', () =>
    holds(
      fc.tuple(fc.constantFrom('listUsers', 'listLoginLogs', 'listSecurityEvents', 'listSessions'), queries),
      ['taken', 'refused'],
      async ([id, query]) => {
        const operation = operationOf(id)
        let read: { query: unknown } | undefined
        const work = () =>
          (read = validate(api, operation, {
            method: 'GET',
            path: operation.path,
            query,
            headers: {},
            body: undefined,
          }))
        const problem = await problemOf(work, 'invalid')
        if (problem) {
          assert.ok(
            problem.errors?.every(({ parameter: name }) => name !== undefined && new URLSearchParams(query).has(name)),
          )
          return 'refused'
        }
        const { page_size: size, ...others } = read?.query as Body
        assert.ok(size === undefined || (Number.isInteger(size) && Number(size) >= 1 && Number(size) <= 100))
        for (const member of Object.values(others)) assert.ok(['string', 'boolean'].includes(typeof member))
        return 'taken'
      },
    ))
})

/** Asserts that a JSON pointer (RFC 6901) points to a member of the body, or to one that its object lacks. */
function assertPlace({ pointer = '?', code, detail }: FieldError, body: unknown): void {
  assert.match(pointer, /^(\/([^~/]|~[01])*)*$/)
  assert.ok(code && detail)
  if (pointer.length === 512) return // the pointer was cut because of a long name
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  let place: unknown = body
  for (const [at, step] of steps.entries()) {
    assert.ok(typeof place === 'object' && place !== null, pointer)
    if (code !== 'required' || at < steps.length - 1) assert.ok(Object.hasOwn(place, step), `${pointer} ${code}`)
    place = (place as Body)[step]
  }
}
