import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import type { operations } from '../../generated/contract.ts'

export type OperationId = keyof operations
type Reference = { $ref: string }
export type Schema = {
  $ref?: string
  type?: string
  maxLength?: number
  enum?: string[]
  required?: string[]
  properties?: Record<string, Schema>
}
export type Parameter = { name: string; in: string; required?: boolean; schema: Schema }
export type RequestBody = {
  content: Record<string, { schema: Schema; examples: Record<string, { value: Record<string, unknown> }> }>
}
export type Described = {
  operationId: OperationId
  security: Record<string, string[]>[]
  parameters?: (Parameter | Reference)[]
  requestBody?: RequestBody | Reference
  responses: Record<string, object>
}
export type Contract = {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema>; requestBodies: Record<string, RequestBody> }
}

/** The text of openapi.yaml. */
export const contractText = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')

/** openapi.yaml, parsed once a process. Clone it for openapi-backend, which changes its document. */
export const contract = load(contractText) as Contract

/** Returns the target of a `$ref`, and any other value unchanged. */
export function follow<Part extends object>(part: Part): Exclude<Part, Reference> {
  if (!('$ref' in part) || typeof part.$ref !== 'string') return part as Exclude<Part, Reference>
  const names = part.$ref.split('/').slice(1)
  const found = names.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], contract)
  if (found === undefined) throw new Error(`openapi.yaml: ${part.$ref} refers to nothing`)
  return found as Exclude<Part, Reference>
}

/** Returns the body that an operation accepts, or undefined if it accepts none. */
export function bodyOf({ requestBody }: Described): RequestBody['content'][string] | undefined {
  return requestBody && follow(requestBody).content['application/json']
}
