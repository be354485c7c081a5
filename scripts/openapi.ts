import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { StartError } from '../src/problems.ts'

export type Schema = {
  /** The name of the component to which a `$ref` referred. */
  component?: string
  description?: string
  deprecated?: boolean
  type?: string | string[]
  default?: unknown
  example?: unknown
  enum?: string[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  /** The known values of a string. Later versions may add other values. */
  'x-extensible-enum'?: string[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
}
export type Media = { schema: Schema; example?: unknown; examples?: Record<string, { value: unknown }> }
export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  description?: string
  deprecated?: boolean
  required?: boolean
  allowEmptyValue?: boolean
  schema: Schema
  example?: unknown
}
export type Message = { content?: Record<string, Media> }
type Security = Record<string, string[]>[]
export type Operation = {
  operationId: string
  summary: string
  description: string
  deprecated?: boolean
  security?: Security
  parameters?: Parameter[]
  requestBody?: Message
  responses: Record<string, Message>
}
export type OpenApi = {
  openapi: string
  info: { version: string; summary?: string; description: string; license?: { identifier?: string } }
  servers: { url: string }[]
  security?: Security
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; parameters?: Record<string, Parameter> }
}

const ownFile = new URL('../openapi.yaml', import.meta.url)

/** Reads openapi.yaml and replaces every `$ref` by its target. */
export function readOpenApi(): OpenApi {
  return resolveReferences(readDocument(ownFile))
}

/**
 * Reads an OpenAPI document without resolving references.
 * @throws StartError if the file cannot be read or is not YAML
 */
export function readDocument(file: string | URL = ownFile): OpenApi {
  try {
    return load(readText(file)) as OpenApi
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`${String(file)} is not YAML: ${(error as Error).message.split('\n')[0] ?? ''}`)
  }
}

/** @throws StartError if the file cannot be read */
export function readText(file: string | URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StartError(`${String(file)} cannot be read: ${String((error as NodeJS.ErrnoException).code)}`)
  }
}

/**
 * Lists every operation in the order of the document, with its path, its method and its security. An operation
 * without `security` has the default security of the document.
 */
export function listOperations({ paths, security = [] }: OpenApi) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      security,
      parameters: [],
      ...operation,
      path,
      method: method.toUpperCase(),
    })),
  )
}

/**
 * Returns a copy of the document without `$ref`. Each object that replaces a `$ref` gets the name of the component.
 */
export function resolveReferences(document: OpenApi): OpenApi {
  const components = new Map<string, object>()
  return resolve(document) as OpenApi

  function resolve(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(resolve)
    if (typeof node !== 'object' || node === null) return node
    if ('$ref' in node && typeof node.$ref === 'string') return resolveComponent(node.$ref)
    return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, resolve(value)]))
  }

  function resolveComponent(reference: string): object {
    const known = components.get(reference)
    if (known) return known
    const [, ...names] = reference.split('/')
    const target = names.reduce<unknown>(
      (found, name) => (found as Record<string, unknown> | undefined)?.[name],
      document,
    )
    if (typeof target !== 'object') throw new StartError(`${reference} names no component.`)
    const component = { component: names.at(-1), ...(resolve(target) as object) }
    components.set(reference, component)
    return component
  }
}
