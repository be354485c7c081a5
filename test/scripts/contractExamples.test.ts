import assert from 'node:assert/strict'
import { formats } from '../../src/openapi.ts'
import { createAjv } from '../../src/http/validation.ts'
import { Problem, type ProblemCode } from '../../src/problems.ts'
import { contract, follow } from '../support/contract.ts'

type Node = Record<string, unknown>
type Example = { pointer: string; schema: string; value: unknown }

const ajv = createAjv(formats).addSchema(contract, 'contract')

/** Finds every example that has a schema: of bodies, replies, parameters, headers, and of schemas themselves. */
function examplesIn(node: unknown, pointer = '#'): Example[] {
  if (typeof node !== 'object' || node === null) return []
  const { schema, example, examples, type, value: _, ...rest } = node as Node
  const at = schema !== undefined ? `${pointer}/schema` : typeof type === 'string' || Array.isArray(type) ? pointer : ''
  const named = at.endsWith('/schema') ? Object.entries((examples ?? {}) as Node) : []
  const values = [
    ...(example === undefined ? [] : [['example', example] as const]),
    ...named.map(([name, described]) => [name, follow(described as Node)['value']] as const),
  ]
  const own = at === '' ? [] : values.map(([name, value]) => ({ pointer: `${pointer}/${name}`, schema: at, value }))
  return [
    ...own,
    ...Object.entries({ ...rest, ...(schema === undefined ? {} : { schema }) }).flatMap(([name, child]) =>
      name === 'enum' || name === 'default' ? [] : examplesIn(child, `${pointer}/${escaped(name)}`),
    ),
  ]
}

const escaped = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))

describe('the examples of the contract', () => {
  const examples = examplesIn(contract)

  it('include examples of replies, bodies, parameters, headers and members', () => {
    for (const room of ['responses', 'requestBodies', 'parameters', 'headers', 'schemas'])
      assert.ok(examples.filter(({ pointer }) => pointer.startsWith(`#/components/${room}/`)).length > 5, room)
  })

  it('match their schemas, including the formats', () => {
    for (const { pointer, schema, value } of examples) {
      const validate = ajv.compile({ $ref: `contract${schema}` })
      assert.ok(validate(value), `${pointer}: ${ajv.errorsText(validate.errors)}`)
    }
  })

  it('show each problem with the type, title and status of its error code', () => {
    const problems = examples.flatMap(({ value }) => (isProblem(value) ? [value] : []))
    assert.ok(problems.length >= 10)
    for (const { type, title, status, code, errors } of problems) {
      const real = new Problem(code)
      assert.deepEqual([type, title, status], [`http://localhost:8000/problems/${code}`, real.title, real.status])
      assert.equal(errors !== undefined, code === 'invalid')
    }
  })

  it('exist for all error codes, each of which has a description', () => {
    const { 'x-extensible-enum': codes, 'x-enumDescriptions': descriptions } = contract.components.schemas[
      'ProblemCode'
    ] as { 'x-extensible-enum': string[]; 'x-enumDescriptions': Record<string, string> }
    assert.deepEqual(Object.keys(descriptions), codes)
    for (const [code, text] of Object.entries(descriptions)) {
      assert.match(text, /^[A-Z][^\n]+\.$/, code)
      assert.equal(text.split('`').length % 2, 1, code)
    }
  })
})

type ProblemExample = { type: string; title: string; status: number; code: ProblemCode; errors?: unknown }

function isProblem(value: unknown): value is ProblemExample {
  return typeof value === 'object' && value !== null && 'request_id' in value
}
