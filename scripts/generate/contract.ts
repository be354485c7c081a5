import openapiTS, { astToString, type SchemaObject } from 'openapi-typescript'
import ts from 'typescript'
import { listOperations, type Message, type OpenApi, type Parameter } from '../openapi.ts'

/**
 * Generates the types of generated/contract.ts from openapi.yaml, with openapi-typescript. In these types, an
 * extensible enum has only its known values, because the service sends no other values.
 */
export async function generateTypes(source: URL): Promise<string> {
  const transform = (schema: SchemaObject & { 'x-extensible-enum'?: string[] }) => {
    const values = schema['x-extensible-enum']?.map((value) => ts.factory.createStringLiteral(value))
    return values && ts.factory.createUnionTypeNode(values.map((value) => ts.factory.createLiteralTypeNode(value)))
  }
  return astToString(await openapiTS(source, { transform }))
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

/** The parameters that get their default value if a request leaves them out. */
export type DefaultedParameters = {\n${defaulted.join('')}}\n`
}

/**
 * Derives an OpenAPI 3.0.3 document for tools that do not read OpenAPI 3.1. The derived document has `nullable`
 * instead of type arrays, and no roles, summary or licence identifier. It has no cookies either: only browsers send
 * the cookie, and some generators refuse a document with a cookie.
 * @param document openapi.yaml with unresolved references
 */
export function deriveOpenApi30(document: OpenApi): OpenApi {
  const derived = structuredClone(document)
  derived.openapi = '3.0.3'
  delete derived.info.summary
  delete derived.info.license?.identifier
  const all = Object.entries(derived.components.parameters ?? {})
  const kept = Object.fromEntries(all.filter(([, parameter]) => parameter.in !== 'cookie'))
  derived.components.parameters = kept
  for (const operation of Object.values(derived.paths).flatMap((item) => Object.values(item))) {
    operation.security = (operation.security ?? []).map(withoutRoles)
    const parameters = (operation.parameters as ReferableParameter[] | undefined)?.filter(
      ({ $ref }) => $ref === undefined || Object.hasOwn(kept, $ref.split('/').at(-1) ?? ''),
    )
    if (parameters?.length) operation.parameters = parameters
    else delete operation.parameters
  }
  return JSON.parse(JSON.stringify(derived, (_, value: unknown) => withoutTypeArray(value))) as OpenApi
}

type ReferableParameter = Parameter & { $ref?: string }
type ReferableMessage = Message & { $ref?: string; links?: unknown }

/**
 * Derives a document for generators that do not follow references to request bodies and responses, or refuse links.
 * Each operation contains its body and responses, and the document has no links.
 */
export function inlineMessages(document: OpenApi): OpenApi {
  const {
    requestBodies,
    responses,
    links: _,
    ...components
  } = document.components as OpenApi['components'] & Partial<Record<string, Record<string, ReferableMessage>>>
  const inline = (message: ReferableMessage, messages: Record<string, ReferableMessage> = {}): Message => {
    const { links: _, ...rest } = messages[message.$ref?.split('/').at(-1) ?? ''] ?? message
    return rest
  }
  const paths = mapValues(document.paths, (item) =>
    mapValues(item, ({ requestBody, ...operation }) => ({
      ...operation,
      ...(requestBody && { requestBody: inline(requestBody, requestBodies) }),
      responses: mapValues(operation.responses, (response) => inline(response, responses)),
    })),
  )
  return { ...document, paths, components }
}

function mapValues<From, To>(values: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]))
}

function withoutRoles(schemes: Record<string, string[]>): Record<string, string[]> {
  return mapValues(schemes, () => [])
}

function withoutTypeArray(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || !Array.isArray(value.type)) return value
  const type: unknown = value.type.find((name) => name !== 'null')
  return { ...value, type, nullable: true }
}
