import type { OpenApi, Schema } from '../../openapi.ts'

/**
 * Generates a type for each object schema and each enum. Schemas of plain strings and numbers get no type of their
 * own.
 */
export function generateSchemaTypes(schemas: OpenApi['components']['schemas']): string {
  return Object.entries(schemas)
    .filter(([, schema]) => isNamed(schema))
    .map(
      ([name, { component: _, ...schema }]) =>
        `${documentation(schema)}export type ${typeName(name)} = ${typeOf(schema)}\n`,
    )
    .join('\n')
}

function isNamed({ type, enum: values, 'x-extensible-enum': knownValues }: Schema): boolean {
  return type === 'object' || values !== undefined || knownValues !== undefined
}

// In the SDK, Problem is the class of the error that the client throws, so the component of that name needs another
// name.
export function typeName(component: string): string {
  return component === 'Problem' ? 'ProblemDocument' : component
}

export function typeOf(schema: Schema): string {
  if (schema.component !== undefined && isNamed(schema)) return typeName(schema.component)
  if (schema.enum) return unionOf(schema.enum)
  // An editor suggests the known values, and any other string is accepted.
  if (schema['x-extensible-enum']) return `${unionOf(schema['x-extensible-enum'])} | (string & {})`
  if (Array.isArray(schema.type))
    return schema.type.map((type) => (type === 'null' ? 'null' : typeOf({ ...schema, type }))).join(' | ')
  if (schema.type === 'array' && schema.items) return `${typeOf(schema.items)}[]`
  if (schema.type === 'object') return objectType(schema)
  if (schema.type === 'integer') return 'number'
  if (schema.type === 'string' || schema.type === 'boolean') return schema.type
  throw new Error(`openapi.yaml: scripts/generate/sdk/types.ts does not know the type ${String(schema.type)}`)
}

const unionOf = (values: string[]) => values.map((value) => `'${value}'`).join(' | ')

function objectType({ properties, required = [], additionalProperties }: Schema): string {
  const open = additionalProperties === true ? 'Record<string, unknown>' : undefined
  if (!properties) return open ?? 'Record<string, never>'
  const lines = Object.entries(properties).map(
    ([name, property]) =>
      `${documentation(property)}${name}${required.includes(name) ? '' : '?'}: ${typeOf(property)}\n`,
  )
  return `{\n${lines.join('')}}${open === undefined ? '' : ` & ${open}`}`
}

/** Formats the description of a member, parameter or operation, and marks it if it is deprecated. */
export function documentation({ description, deprecated }: { description?: string; deprecated?: boolean }): string {
  return comment([description, deprecated === true ? '@deprecated' : undefined])
}

/** Formats a doc comment. Returns an empty text if no part has text. */
export function comment(parts: (string | undefined)[]): string {
  const lines = parts.flatMap((part) => part?.match(/.{1,105}(?:\s|$)/g) ?? []).map((line) => line.trim())
  if (lines.length === 0) return ''
  return lines.length === 1 ? `/** ${lines[0] ?? ''} */\n` : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`
}
