import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { constraintFact, locationOf, sidesOf, type Constraint, type Side } from '../../scripts/coverage/constraints.ts'
import { observe } from '../../scripts/coverage/observe.ts'
import { readCoveredApi, type Operation } from '../../scripts/coverage/operations.ts'
import { readOpenApi, type Parameter, type Schema } from '../../scripts/openapi.ts'
import { TestService, type OperationId } from '../support/service.ts'
import { addSession, addUser, insertMail } from '../support/users.ts'
import { operationRoutes } from '../support/operations.ts'

type Members = Record<string, unknown>

const api = readCoveredApi(readOpenApi())

/** Valid texts that can be lengthened to the limit, by repeating the character in their middle. */
const longTexts: Record<string, string> = {
  'date-time': `2026-11-24T10:15:42.${'0'.repeat(19)}Z`,
  'idn-email': `${'a'.repeat(64)}@${`${'b'.repeat(40)}.`.repeat(4)}cc.example`,
}

/** Makes a text of a length. It is valid in all other respects, if such a text exists. */
function textOf(length: number, { format = '', pattern = '', example }: Schema): string {
  const short = String(example)
  const long = isIP(short) ? '0000:0000:0000:0000:0000:ffff:192.168.100.228' : (longTexts[format] ?? short)
  const middle = Math.floor(long.length / 2)
  if (length >= long.length)
    return long.slice(0, middle) + long.charAt(middle).repeat(length - long.length) + long.slice(middle)
  return (
    [short.slice(0, length), short.slice(1, length + 1), '*'.repeat(length)].find((text) =>
      new RegExp(pattern, 'u').test(text),
    ) ?? ''
  )
}

/** Values that fail a format and, if possible, no other constraint. */
const misformed: Record<string, unknown> = {
  'idn-email': 'no email address',
  'personal-name': 'a\u200bb',
  'date-time': 'yesterday',
  uuid: 'x'.repeat(36),
  int32: 2 ** 31,
}

/** Makes the last value that a constraint allows (`inside`), or the first that it does not allow (`outside`). */
function valueFor({ keyword, limit }: Constraint, schema: Schema, side: Side): unknown {
  const step = side === 'inside' ? 0 : 1
  if (keyword === 'minLength') return textOf(Number(limit) - step, schema)
  if (keyword === 'maxLength') return textOf(Number(limit) + step, schema)
  if (keyword === 'minimum') return Number(limit) - step
  if (keyword === 'maximum') return Number(limit) + step
  if (keyword === 'enum') return `${String((limit as string[])[0])}${'x'.repeat(step)}`
  if (step === 0) return schema.example
  return keyword === 'pattern' ? 'é\0' : (misformed[schema.format ?? ''] ?? assert.fail(`misform ${schema.format}`))
}

/** Makes a body at the limit of a constraint, inside or outside. It has every member, or only the required ones. */
function bodyFor({ body }: Operation, { location, keyword, limit }: Constraint, side: Side): Members | undefined {
  if (!body || (location === '/' && keyword === 'required' && side === 'outside')) return undefined
  const { properties = {}, required = [] } = body.schema
  const members: Members = Object.fromEntries(Object.entries(properties).map(([name, { example }]) => [name, example]))
  const name = location.slice(1)
  if (keyword === 'additionalProperties') return side === 'inside' ? members : { ...members, unknown_member: 1 }
  if (keyword === 'required')
    return Object.fromEntries(
      required.filter((one) => side === 'inside' || one !== name).map((one) => [one, members[one]]),
    )
  const schema = location.startsWith('/') ? properties[name] : undefined
  return schema ? { ...members, [name]: valueFor({ location, keyword, limit }, schema, side) } : members
}

describe('the constraints of request values', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  /** Creates a session, mail or user that the caller may change or delete. @returns its id */
  const idFor = async (parameter: string, ownerId: string): Promise<string> => {
    if (parameter === 'session_id') return (await addSession(service, ownerId)).sessionId
    const user = await addUser(service)
    return parameter === 'mail_id' ? insertMail(service, user) : user.id
  }

  /** Sends a request at the limit of a constraint, inside or outside. @returns the coverage facts that it shows */
  async function send(operation: Operation, constraint: Constraint, side: Side): Promise<string[]> {
    const caller = await addUser(service, { superuser: true })
    const values = new Map<string, string>()
    let ownerId = caller.id // of a session in the path, unless the path names another user
    for (const parameter of operation.parameters) {
      const location = locationOf(parameter)
      const isMeant = location === constraint.location
      const id = parameter.in === 'path' ? await idFor(parameter.name, ownerId) : undefined
      if (id !== undefined) ownerId = id
      const schema = { example: parameter.example, ...parameter.schema, ...(id === undefined ? {} : { example: id }) }
      const isLeftOut = isMeant ? constraint.keyword === 'required' && side === 'outside' : !parameter.required
      const value = isMeant && constraint.keyword !== 'required' ? valueFor(constraint, schema, side) : schema.example
      if (!isLeftOut) values.set(location, String(value))
    }
    const { method, path } = operationRoutes[operation.id as OperationId]
    const given = (place: Parameter['in']) =>
      operation.parameters.flatMap((parameter): [name: string, value: string][] => {
        const value = values.get(locationOf(parameter))
        return parameter.in === place && value !== undefined ? [[parameter.name, value]] : []
      })
    const ids = new Map(given('path'))
    const target = `${path.replace(/\{(\w+)\}/g, (_, name: string) => ids.get(name) ?? '')}?${String(new URLSearchParams(given('query')))}`
    const content = bodyFor(operation, constraint, side)
    const body = content && JSON.stringify(content)
    const headers = new Headers({ Authorization: `Bearer ${caller.access}` })
    if (operation.body) headers.set('Content-Type', 'application/json')
    // A header field cannot contain NUL.
    for (const [name, value] of given('header')) headers.set(name, value.replaceAll('\0', ''))
    for (const [name, value] of given('cookie')) headers.set('Cookie', `${name}=${encodeURIComponent(value)}`)
    const reply = await service.fetch(target, { method, headers, ...(body === undefined ? {} : { body }) })
    assert.ok(reply.status < 500, `${side} ${target} ${body}: ${JSON.stringify(reply.body)}`)
    const answer = { status: reply.status, type: reply.headers.get('content-type'), body: reply.body }
    return observe(api, { method, target, headers, body, reply: answer })
  }

  for (const operation of api.operations.filter(({ constraints }) => constraints.length > 0))
    it(`allow values at each limit, but none beyond it: ${operation.id}`, async () => {
      const missing: string[] = []
      for (const constraint of operation.constraints)
        for (const side of sidesOf(constraint)) {
          const fact = constraintFact(operation.id, constraint, side)
          if (!(await send(operation, constraint, side)).includes(fact)) missing.push(fact)
        }
      assert.deepEqual(missing, [])
    })
})
