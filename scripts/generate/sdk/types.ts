import { resolve } from '../contract.ts'

export type Schema = {
  $ref?: string
  description?: string
  type?: string | string[]
  enum?: string[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
}

export type Parameter = {
  $ref?: string
  name: string
  in: 'path' | 'query'
  description?: string
  required?: boolean
  schema: Schema
}
export type Body = { $ref?: string; content?: Record<string, { schema: Schema }> }
export type Components = {
  schemas: Record<string, Schema>
  parameters: Record<string, Parameter>
  requestBodies: Record<string, Body>
  responses: Record<string, Body>
}

/** The schemas that have a shape or a list of values; plain strings and numbers stand where they are used. */
export function typesOf(components: Components): string {
  const named = Object.entries(components.schemas).filter(([, schema]) => hasName(schema))
  return named
    .map(([name, schema]) => `${doc([schema.description])}export type ${rename(name)} = ${shape(schema, components)}\n`)
    .join('\n')
}

function hasName({ type, enum: values }: Schema): boolean {
  return type === 'object' || values !== undefined
}

// The SDK's Problem is the error that is thrown.
export function rename(name: string): string {
  return name === 'Problem' ? 'ProblemDocument' : name
}

function nameOf(ref: string): string {
  return rename(ref.slice(ref.lastIndexOf('/') + 1))
}

export function shape(schema: Schema, components: Components): string {
  if (schema.$ref !== undefined) {
    const found = resolve(components.schemas, schema)
    return hasName(found) ? nameOf(schema.$ref) : shape(found, components)
  }
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ')
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => (type === 'null' ? 'null' : shape({ ...schema, type }, components))).join(' | ')
  }
  if (schema.type === 'array' && schema.items) return `${shape(schema.items, components)}[]`
  if (schema.type === 'object') return members(schema, components)
  if (schema.type === 'integer') return 'number'
  if (schema.type === 'string' || schema.type === 'boolean') return schema.type
  throw new Error(`openapi.yaml: scripts/generate/sdk.ts does not know the type ${String(schema.type)}`)
}

function members({ properties, required = [], additionalProperties }: Schema, components: Components): string {
  const open = additionalProperties === true ? 'Record<string, unknown>' : undefined
  if (!properties) return open ?? 'Record<string, never>'
  const lines = Object.entries(properties).map(([name, property]) => {
    const { description } = resolve(components.schemas, property)
    return `${doc([description])}${name}${required.includes(name) ? '' : '?'}: ${shape(property, components)}\n`
  })
  return `{\n${lines.join('')}}${open === undefined ? '' : ` & ${open}`}`
}

/** A comment in front of what it is about. */
export function doc(parts: (string | undefined)[]): string {
  const lines = parts.flatMap((part) => part?.match(/.{1,105}(?:\s|$)/g) ?? []).map((line) => line.trim())
  if (lines.length === 0) return ''
  return lines.length === 1 ? `/** ${lines[0] ?? ''} */\n` : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`
}
