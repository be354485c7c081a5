import { NIL } from 'uuid'
import { bodyOf, contract, type Described, type OperationId } from './contract.ts'

export type Operation = {
  id: OperationId
  method: string
  /** The path as in the contract. */
  template: string
  /** The path with the nil UUID for each parameter. */
  path: string
  secured: boolean
  /** The caller needs one of these roles. The list is empty if any user may call. */
  roles: string[]
  statuses: number[]
  /** The first example of the request's body; undefined if there is none. */
  example: Record<string, unknown> | undefined
}

/** Every operation of the contract, for tests that apply to all of them. */
export const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, described]) => ({
    id: described.operationId,
    method: method.toUpperCase(),
    template: path,
    path: concrete(path),
    secured: described.security.length > 0,
    roles: described.security.flatMap(({ bearer }) => bearer ?? []),
    statuses: Object.keys(described.responses).map(Number),
    example: exampleOf(described),
  })),
)

/** Method and path of each operation. */
export const operationRoutes = Object.fromEntries(
  operations.map(({ id, method, template }) => [id, { method, path: template }]),
) as Record<OperationId, { method: string; path: string }>

/** The methods of each path. */
export const paths: [path: string, methods: string[]][] = Object.entries(contract.paths).map(([path, item]) => [
  concrete(path),
  Object.keys(item).map((method) => method.toUpperCase()),
])

function concrete(template: string): string {
  return template.replace(/\{\w+\}/g, NIL)
}

function exampleOf(described: Described): Record<string, unknown> | undefined {
  const body = bodyOf(described)
  if (!body) return undefined
  const [example] = Object.values(body.examples)
  if (!example) throw new Error(`${described.operationId} has no example`)
  return example.value
}
