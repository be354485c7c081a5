import type { Schema } from '../openapi.ts'

export type EnumValue = { component: string; value: string; fact: string }

/** Lists every value of every enum in a schema, including extensible enums. */
export function listEnumValues(schema: Schema | undefined, position = ''): EnumValue[] {
  if (!schema) return []
  const own = (knownValues(schema) ?? []).map((value) => enumValue(schema, position, value))
  return [...own, ...listParts(schema).flatMap(([name, part]) => listEnumValues(part, join(position, name)))]
}

/** Lists the enum values that a string, object or list contains, by its schema. */
export function findEnumValues(schema: Schema | undefined, value: unknown, position = ''): EnumValue[] {
  if (!schema || value === undefined) return []
  const items = Array.isArray(value) ? value : [value]
  return [
    ...(knownValues(schema) ? [enumValue(schema, position, value)] : []),
    ...listParts(schema).flatMap(([name, part]) =>
      name === '[]'
        ? items.flatMap((item) => findEnumValues(part, item, join(position, name)))
        : findEnumValues(part, isObject(value) ? value[name] : undefined, join(position, name)),
    ),
  ]
}

const knownValues = (schema: Schema) => schema.enum ?? schema['x-extensible-enum']

/** Lists the members of an object with their names, and the items of a list as `[]`. */
export function listParts({ properties = {}, items }: Schema): [name: string, part: Schema][] {
  return [...Object.entries(properties), ...(items ? [['[]', items] as [string, Schema]] : [])]
}

export const join = (position: string, name: string) => (position === '' ? name : `${position}/${name}`)

const enumValue = ({ component }: Schema, position: string, value: unknown): EnumValue => ({
  component: component ?? position,
  value: String(value),
  fact: `${position}=${String(value)}`,
})

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
