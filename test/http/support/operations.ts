import { NIL } from 'uuid'
import { parse } from 'yaml'
import { readFileSync } from 'node:fs'
import type { OperationId } from '../../support/service.ts'

type RequestBody = { content: Record<string, { examples: Record<string, { value: Record<string, unknown> }> }> }
type Described = {
  operationId: OperationId
  security: object[]
  requestBody?: { $ref: string }
  responses: Record<string, object>
}
type Contract = {
  paths: Record<string, Record<string, Described>>
  components: { requestBodies: Record<string, RequestBody> }
}

export type Operation = {
  id: OperationId
  method: string
  /** As in the contract. */
  template: string
  /** With an id of nobody for each parameter. */
  path: string
  secured: boolean
  statuses: number[]
  /** The first example of the request's body; undefined where there is none. */
  example: Record<string, unknown> | undefined
}

const contract = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as Contract

/** Every operation of the contract, for tests that hold for all. */
export const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { operationId: id, security, requestBody, responses }]) => ({
    id,
    method: method.toUpperCase(),
    template: path,
    path: concrete(path),
    secured: security.length > 0,
    statuses: Object.keys(responses).map(Number),
    example: requestBody && exampleOf(requestBody.$ref),
  })),
)

/** The methods of each path. */
export const paths: [path: string, methods: string[]][] = Object.entries(contract.paths).map(([path, item]) => [
  concrete(path),
  Object.keys(item).map((method) => method.toUpperCase()),
])

function concrete(template: string): string {
  return template.replace(/\{\w+\}/g, NIL)
}

function exampleOf(reference: string): Record<string, unknown> {
  const body = contract.components.requestBodies[reference.split('/').at(-1) ?? '']
  const [example] = Object.values(body?.content['application/json']?.examples ?? {})
  if (!example) throw new Error(`${reference} has no example`)
  return example.value
}
