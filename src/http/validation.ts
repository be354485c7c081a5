import type { Options } from 'ajv'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { OpenAPIBackend, ValidationContext, type Document, type Operation } from 'openapi-backend'
import { Problem, type FieldError } from '../problems.ts'

export type Formats = Record<string, (text: string) => boolean>

/**
 * In UTF-16 code units; the contract allows no text with a format of ours to be longer. Ajv reports every error of a value, so that
 * it checks the format in spite of a maxLength that is exceeded, and a check may take more than linear time (security 84).
 */
const longestFormatted = 1024

/** An Ajv for JSON Schema 2020-12, as OpenAPI 3.1 has it, with the formats of the contract. */
export function createAjv(formats: Formats, options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, strictNumbers: true, ...options })
  addFormats.default(ajv)
  ajv.addFormat('password', (text: string) => text.isWellFormed()) // lone surrogates would hash alike (security 6)
  for (const [name, check] of Object.entries(formats))
    ajv.addFormat(name, (text: string) => text.length <= longestFormatted && check(text))
  return ajv
}

/** Loads the contract into openapi-backend, validators compiled. */
export async function compileOpenApi(definition: Document, formats: Formats): Promise<OpenAPIBackend> {
  // Two for all operations; openapi-backend would make two for each. Bodies are never coerced.
  const parameters = createAjv(formats, { coerceTypes: true, useDefaults: true })
  const bodies = createAjv(formats)
  const api = new OpenAPIBackend({
    definition,
    quick: true, // its own check of the definition knows OpenAPI 3.0 only; the build checks it instead
    ignoreTrailingSlashes: false,
    coerceTypes: true,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it is typed for the Ajv of draft-07
    customizeAjv: (_draft07, _options, context) => (context === ValidationContext.Params ? parameters : bodies),
  })
  await api.init()
  api.validator.preCompileRequestValidators()
  return api
}

/**
 * Checks what came in against the operation.
 * @throws Problem invalid with every fault; not_found when it is the path that does not fit
 */
export function validate(
  api: OpenAPIBackend,
  operation: Operation,
  { method, path, query, body }: { method: string; path: string; query: string; body: unknown },
) {
  // openapi-backend would parse a string body once more, and hand the string on.
  if (typeof body === 'string') throw invalid([{ pointer: '', code: 'type', detail: 'The body must be an object.' }])
  const headers = operation.requestBody ? { 'content-type': 'application/json' } : {}
  const { errors, coerced } = api.validator.validateRequest(
    { method, path, query: readQuery(operation, query), headers, body },
    operation,
  )
  if (errors) {
    if (errors.some(({ instancePath }) => instancePath.startsWith('/path'))) throw new Problem('not_found')
    throw invalid(errors.slice(0, 100).map(asFieldError))
  }
  checkWellFormed(body)
  const { params = {}, query: parameters = {} } = coerced as { params?: object; query?: object }
  checkFinite(parameters)
  return { body, path: params, query: parameters }
}

/** The declared parameters; what the contract does not know is ignored, what comes twice is refused. */
function readQuery(operation: Operation, text: string): Record<string, string> {
  const query: Record<string, string> = {}
  const given = new URLSearchParams(text)
  for (const parameter of operation.parameters ?? []) {
    if ('$ref' in parameter || parameter.in !== 'query') continue
    const [value, ...more] = given.getAll(parameter.name)
    if (more.length > 0)
      throw invalid([{ parameter: parameter.name, code: 'duplicate', detail: 'Give this parameter once.' }])
    if (value !== undefined) query[parameter.name] = value
  }
  return query
}

/** Ajv coerces 1e400 to Infinity, and then checks no bounds, for it is no number to strictNumbers (security 67). */
function checkFinite(parameters: object): void {
  const faults = Object.entries(parameters).filter(([, value]) => value === Infinity || value === -Infinity)
  if (faults.length > 0)
    throw invalid(faults.map(([parameter]) => ({ parameter, code: 'type', detail: 'This is not a finite number.' })))
}

/** Text with a lone surrogate is not text: UTF-8 cannot hold it. */
function checkWellFormed(body: unknown): void {
  const faults = Object.entries(body ?? {}).filter(([, value]) => typeof value === 'string' && !value.isWellFormed())
  if (faults.length > 0)
    throw invalid(
      faults.map(([name]) => ({ pointer: `/${name}`, code: 'format', detail: 'This is not well-formed Unicode.' })),
    )
}

const formatFaults: Record<string, string> = {
  'idn-email': 'This is not an email address.',
  'personal-name': 'This has characters that do not show, or that change the direction of text.',
}

const sentences: Record<string, (params: Record<string, unknown>) => [code: string, detail: string]> = {
  required: () => ['required', 'This member is required.'],
  additionalProperties: () => ['unknown_member', 'This member is not known here.'],
  type: ({ type }) => ['type', `This must be of type ${String(type)}.`],
  minLength: ({ limit }) => ['min_length', `At least ${String(limit)} characters.`],
  maxLength: ({ limit }) => ['max_length', `At most ${String(limit)} characters.`],
  minimum: ({ limit }) => ['minimum', `At least ${String(limit)}.`],
  maximum: ({ limit }) => ['maximum', `At most ${String(limit)}.`],
  pattern: () => ['pattern', 'This has characters that are not allowed here.'],
  enum: ({ allowedValues }) => ['enum', `One of: ${(allowedValues as string[]).join(', ')}.`],
  format: ({ format }) => [
    'format',
    formatFaults[String(format)] ?? `This does not have the format ${String(format)}.`,
  ],
}

function asFieldError({ keyword, instancePath, params, message }: ErrorObject): FieldError {
  const at = (name: unknown) => (typeof name === 'string' ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : '')
  const place = instancePath + at(params['missingProperty']) + at(params['additionalProperty'])
  const [code, detail] = sentences[keyword]?.(params) ?? ['invalid', message ?? 'This does not match the contract.']
  if (place.startsWith('/query/'))
    return { parameter: place.slice('/query/'.length), code, detail: detail.replace('member', 'parameter') }
  const pointer = place
    .replace(/^\/requestBody/, '')
    .slice(0, 512)
    .replace(/~$/, '') // an escape may have been cut in two
  return { pointer, code, detail: pointer === '' && keyword === 'required' ? 'A body is required.' : detail }
}

function invalid(errors: FieldError[]): Problem {
  return new Problem('invalid', { errors })
}
