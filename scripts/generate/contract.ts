import openapiTS, { astToString } from 'openapi-typescript'

export const methods = ['get', 'put', 'post', 'delete', 'patch'] as const

type Parameter = { $ref?: string; name: string; schema?: Schema }
type Schema = { $ref?: string; default?: unknown }
type Operation = { operationId: string; security?: Record<string, string[]>[]; parameters?: Parameter[] }
export type Contract = {
  openapi: string
  info: { summary?: string; license?: { identifier?: string } }
  components: { parameters: Record<string, Parameter>; schemas: Record<string, Schema> }
  paths: Record<string, Partial<Record<(typeof methods)[number], Operation>>>
  security?: Record<string, string[]>[]
}

/** openapi.yaml → generated/contract.ts, by openapi-typescript. */
export async function generateTypes(source: URL): Promise<string> {
  return astToString(await openapiTS(source))
}

/** What openapi-typescript leaves out: the security schemes that each operation asks for, and the parameters that have a default. */
export function generateSecurity(contract: Contract): string {
  const security: Record<string, string[]> = {}
  const defaulted: string[] = []
  for (const operation of operationsOf(contract)) {
    security[operation.operationId] = (operation.security ?? contract.security ?? []).flatMap(Object.keys)
    const names = (operation.parameters ?? []).map((parameter) => resolve(contract.components.parameters, parameter))
    const withDefault = names.filter(
      ({ schema }) => schema && resolve(contract.components.schemas, schema).default !== undefined,
    )
    if (withDefault.length > 0)
      defaulted.push(`  ${operation.operationId}: ${withDefault.map(({ name }) => `'${name}'`).join(' | ')}\n`)
  }
  return `export const operationSecurity = ${JSON.stringify(security, null, 2)} as const

/** The parameters that arrive with their default where a request leaves them out. */
export type DefaultedParameters = {\n${defaulted.join('')}}\n`
}

function operationsOf(contract: Contract): Operation[] {
  return Object.values(contract.paths).flatMap((item) => methods.flatMap((method) => item[method] ?? []))
}

export function resolve<T extends { $ref?: string }>(components: Record<string, T>, value: T): T {
  const name = value.$ref?.split('/').at(-1)
  const found = name === undefined ? value : components[name]
  if (!found) throw new Error(`openapi.yaml: ${String(value.$ref)} points nowhere`)
  return found
}

/** The 3.0.3 derivative, for the tools that do not read 3.1: nullable instead of type arrays, no roles, no summary, no licence identifier. */
export function deriveOpenApi30(contract: Contract): string {
  const derived = structuredClone(contract)
  derived.openapi = '3.0.3'
  delete derived.info.summary
  delete derived.info.license?.identifier
  for (const operation of operationsOf(derived))
    operation.security = (operation.security ?? []).map((schemes) => withoutRoles(schemes))
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
