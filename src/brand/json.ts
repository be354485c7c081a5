/** Checks the JSON files in PAGES_DIR against schemas. */
import { Ajv2020, type ErrorObject, type SchemaObject } from 'ajv/dist/2020.js'
import { closest } from 'fastest-levenshtein'
import type { Report } from './pagesFolder.ts'

/**
 * Parses JSON.
 * @param schema has a `description` at each part, with which the sentence "… must be …" ends
 * @returns undefined if mistakes were reported
 * @throws Error if the content is not JSON
 */
export function parseJson<Value>(content: Buffer, schema: SchemaObject, report: Report): Value | undefined {
  const value: unknown = JSON.parse(content.toString().replace(/^\uFEFF/, ''))
  const check = new Ajv2020({ allErrors: true, verbose: true, validateSchema: false }).compile(schema)
  if (check(value)) return value as Value
  // A value of the wrong type can violate several constraints.
  for (const mistake of new Set(check.errors?.map(explain))) report(mistake)
  return undefined
}

function explain({ instancePath, keyword, params, parentSchema }: ErrorObject): string {
  const path = instancePath.slice(1).split('/').filter(Boolean)
  const nameOf = (name: unknown) => [...path, String(name)].join('.')
  const { description, properties } = parentSchema as { description: string; properties?: object }
  const { additionalProperty, missingProperty } = params as Record<string, string | undefined>
  if (keyword === 'required') return `${nameOf(missingProperty)} is missing`
  if (additionalProperty !== undefined)
    return `${nameOf(additionalProperty)} is unknown. Did you mean ${nameOf(closest(additionalProperty, Object.keys(properties ?? {})))}?`
  return `${path.join('.') || 'the content'} must be ${description}`
}
