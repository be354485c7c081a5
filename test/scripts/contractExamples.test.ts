import assert from 'node:assert/strict'
import { formats } from '../../src/openapi.ts'
import { createAjv } from '../../src/http/validation.ts'
import { Problem, type ProblemCode } from '../../src/problems.ts'
import { contract, follow } from '../support/contract.ts'

type Node = Record<string, unknown>
type Example = { place: string; schema: string; value: unknown }

const ajv = createAjv(formats).addSchema(contract, 'contract')

/** Every example beside a schema, wherever it is: bodies, replies, parameters, headers, and schemas themselves. */
function examplesIn(node: unknown, place = '#'): Example[] {
  if (typeof node !== 'object' || node === null) return []
  const { schema, example, examples, type, value: _, ...rest } = node as Node
  const at = schema !== undefined ? `${place}/schema` : typeof type === 'string' || Array.isArray(type) ? place : ''
  const named = at.endsWith('/schema') ? Object.entries((examples ?? {}) as Node) : []
  const values = [
    ...(example === undefined ? [] : [['example', example] as const]),
    ...named.map(([name, described]) => [name, follow(described as Node)['value']] as const),
  ]
  const own = at === '' ? [] : values.map(([name, value]) => ({ place: `${place}/${name}`, schema: at, value }))
  return [
    ...own,
    ...Object.entries({ ...rest, ...(schema === undefined ? {} : { schema }) }).flatMap(([name, child]) =>
      name === 'enum' || name === 'default' ? [] : examplesIn(child, `${place}/${escaped(name)}`),
    ),
  ]
}

const escaped = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))

describe('the examples of the contract', () => {
  const examples = examplesIn(contract)

  it('are there, for replies, bodies, parameters, headers and members', () => {
    for (const room of ['responses', 'requestBodies', 'parameters', 'headers', 'schemas'])
      assert.ok(examples.filter(({ place }) => place.startsWith(`#/components/${room}/`)).length > 5, room)
  })

  it('match their schemas, formats included', () => {
    for (const { place, schema, value } of examples) {
      const validate = ajv.compile({ $ref: `contract${schema}` })
      assert.ok(validate(value), `${place}: ${ajv.errorsText(validate.errors)}`)
    }
  })

  it('show problems as they are: the type, title and status of their code', () => {
    const problems = examples.flatMap(({ value }) => (isProblem(value) ? [value] : []))
    assert.ok(problems.length >= 10)
    for (const { type, title, status, code, errors } of problems) {
      const real = new Problem(code)
      assert.deepEqual([type, title, status], [`urn:problem:gatehouse:${code}`, real.title, real.status])
      assert.equal(errors !== undefined, code === 'invalid')
    }
  })
})

type ProblemExample = { type: string; title: string; status: number; code: ProblemCode; errors?: unknown }

function isProblem(value: unknown): value is ProblemExample {
  return typeof value === 'object' && value !== null && 'request_id' in value
}
