import openapiTS, { astToString } from 'openapi-typescript'
import { listOperations, type OpenApi } from '../openapi.ts'

/** Generates the types of generated/contract.ts from openapi.yaml, with openapi-typescript. */
export async function generateTypes(source: URL): Promise<string> {
  return astToString(await openapiTS(source))
}

/**
 * Generates the types that openapi-typescript omits: the security schemes of each operation, and the parameters of
 * each operation that have a default.
 */
export function generateSecurity(openApi: OpenApi): string {
  const operations = listOperations(openApi)
  const security = Object.fromEntries(
    operations.map((operation) => [operation.operationId, operation.security.flatMap(Object.keys)]),
  )
  const defaulted = operations.flatMap(({ operationId, parameters }) => {
    const names = parameters.filter(({ schema }) => schema.default !== undefined).map(({ name }) => `'${name}'`)
    return names.length > 0 ? [`  ${operationId}: ${names.join(' | ')}\n`] : []
  })
  return `export const operationSecurity = ${JSON.stringify(security, null, 2)} as const

/** The parameters that have their default if a request leaves them out. */
export type DefaultedParameters = {\n${defaulted.join('')}}\n`
}

/**
 * Derives an OpenAPI 3.0.3 document for tools that do not read 3.1. It has `nullable` instead of type arrays, and no
 * roles, summary or licence identifier.
 * @param document openapi.yaml with unresolved references
 */
export function deriveOpenApi30(document: OpenApi): string {
  const derived = structuredClone(document)
  derived.openapi = '3.0.3'
  delete derived.info.summary
  delete derived.info.license?.identifier
  for (const operation of Object.values(derived.paths).flatMap((item) => Object.values(item)))
    operation.security = (operation.security ?? []).map(withoutRoles)
  return `${JSON.stringify(derived, (_, value: unknown) => withoutTypeArray(value), 2)}\n`
}

function withoutRoles(schemes: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.keys(schemes).map((name) => [name, []]))
}

function withoutTypeArray(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || !Array.isArray(value.type)) return value
  const type: unknown = value.type.find((name) => name !== 'null')
  return { ...value, type, nullable: true }
}
