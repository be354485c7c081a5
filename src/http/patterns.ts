import type { Operation } from 'openapi-backend'

const uuid = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'

/**
 * Makes the routing pattern of an operation's path. A parameter with the format uuid matches only a UUID, so that
 * users/Me/ is an unknown path.
 */
export function patternOf({ path, parameters = [] }: Operation): string | RegExp {
  if (!path.includes('{')) return path
  const ids = parameters.filter((parameter) => 'in' in parameter && isId(parameter.schema)).map(nameOf)
  return new RegExp(`^${path.replace(/\{(.+?)\}/g, (_, name: string) => (ids.includes(name) ? uuid : '[^/]+'))}$`)
}

const isId = (schema: unknown) => (schema as { format?: string } | undefined)?.format === 'uuid'
const nameOf = (parameter: object) => ('name' in parameter ? parameter.name : undefined)

/** Sorts operations: paths without parameters come before paths with parameters. */
export function inRoutingOrder(operations: Operation[]): Operation[] {
  return operations.toSorted((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))
}
