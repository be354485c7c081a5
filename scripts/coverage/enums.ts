import type { Schema } from './contract.ts'

export type Value = { component: string; value: string; fact: string }

/** Every value of every enum in a schema. */
export function listed(schema: Schema | undefined, place = ''): Value[] {
  if (!schema) return []
  const own = (schema.enum ?? []).map((value) => valueAt(schema, place, value))
  return [...own, ...parts(schema).flatMap(([name, part]) => listed(part, join(place, name)))]
}

/** The values at the places where a schema has an enum. */
export function found(schema: Schema | undefined, value: unknown, place = ''): Value[] {
  if (!schema || value === undefined) return []
  const items = Array.isArray(value) ? value : [value]
  return [
    ...(schema.enum ? [valueAt(schema, place, value)] : []),
    ...parts(schema).flatMap(([name, part]) =>
      name === '[]'
        ? items.flatMap((item) => found(part, item, join(place, name)))
        : found(part, isObject(value) ? value[name] : undefined, join(place, name)),
    ),
  ]
}

function parts({ properties = {}, items }: Schema): [name: string, part: Schema][] {
  return [...Object.entries(properties), ...(items ? [['[]', items] as [string, Schema]] : [])]
}

const join = (place: string, name: string) => (place === '' ? name : `${place}/${name}`)

const valueAt = ({ component }: Schema, place: string, value: unknown): Value => ({
  component: component ?? place,
  value: String(value),
  fact: `${place}=${String(value)}`,
})

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
