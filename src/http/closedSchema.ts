type Schema = Record<string, unknown>

/**
 * Closes a schema of a reply. The contract leaves the schemas of replies open, so that clients accept what a later
 * version adds. The service itself sends declared members and known values only. Therefore each object without
 * `additionalProperties` gets `additionalProperties: false`, each `x-extensible-enum` becomes an `enum`, and each
 * `x-pattern` becomes a `pattern`.
 */
export function closeSchema(schema: Schema): Schema {
  const closed = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closeParts(value)]))
  const { 'x-extensible-enum': values, 'x-pattern': pattern, ...rest } = closed
  return {
    ...(schema['type'] === 'object' ? { additionalProperties: false } : {}),
    ...rest,
    ...(values === undefined ? {} : { enum: values }),
    ...(pattern === undefined ? {} : { pattern }),
  }
}

function closeParts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeParts)
  return typeof value === 'object' && value !== null ? closeSchema(value as Schema) : value
}
