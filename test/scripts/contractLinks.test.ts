import assert from 'node:assert/strict'
import { listOperations, readOpenApi, type Message, type Operation, type Schema } from '../../scripts/openapi.ts'

type Link = { operationId: string; parameters?: Record<string, string>; requestBody?: Record<string, string> }
type Walk = { name: string; link: Link; source: Operation; reply: Message; target: Operation | undefined }

const schemaOf = (message: Message | undefined) => Object.values(message?.content ?? {})[0]?.schema

/** Returns the schema of the value that a runtime expression reads from the path or a body. */
function resolve(expression: string, { source, reply }: Walk): Schema | undefined {
  const [, parameter] = /^\$request\.path\.(\w+)$/.exec(expression) ?? []
  if (parameter !== undefined)
    return source.parameters?.find(({ in: place, name }) => place === 'path' && name === parameter)?.schema
  const [, side = '', pointer = ''] = /^\$(request|response)\.body#\/(.+)$/.exec(expression) ?? []
  const body = schemaOf(side === 'request' ? source.requestBody : reply)
  return pointer
    .split('/')
    .reduce<Schema | undefined>((schema, key) => (/^\d+$/.test(key) ? schema?.items : schema?.properties?.[key]), body)
}

describe('the links of the contract', () => {
  const operations = listOperations(readOpenApi())
  const walks = operations.flatMap((source) =>
    Object.entries(source.responses).flatMap(([status, reply]) =>
      Object.entries((reply as { links?: Record<string, Link> }).links ?? {}).map(([name, link]): Walk => {
        const target = operations.find(({ operationId }) => operationId === link.operationId)
        return { name: `${source.operationId} ${status} ${name}`, link, source, reply, target }
      }),
    ),
  )
  const carrying = walks.filter(({ link }) => link.parameters ?? link.requestBody)

  it('name existing operations, and have their names', () => {
    assert.ok(walks.length >= 40)
    for (const { name, link, target } of walks) {
      assert.ok(target, name)
      assert.ok(name.endsWith(` ${link.operationId}`), name)
    }
  })

  it('pass values of members that the request or the reply has', () => {
    assert.ok(carrying.length >= 30)
    for (const walk of carrying)
      for (const expression of Object.values({ ...walk.link.parameters, ...walk.link.requestBody }))
        assert.equal(resolve(expression, walk)?.type, 'string', `${walk.name}: ${expression}`)
  })

  it('pass every parameter and member that their target operation requires', () => {
    for (const { name, link, target } of carrying) {
      const parameters = Object.keys(link.parameters ?? {})
      const known = target?.parameters ?? []
      const required = known.filter((parameter) => parameter.required).map((parameter) => parameter.name)
      assert.deepEqual(
        required.filter((parameter) => !parameters.includes(parameter)),
        [],
        name,
      )
      assert.ok(
        parameters.every((parameter) => known.some((other) => other.name === parameter)),
        name,
      )
      if (link.requestBody)
        assert.deepEqual(Object.keys(link.requestBody), schemaOf(target?.requestBody)?.required, name)
    }
  })
})
