import type { IncomingHttpHeaders } from 'node:http'
import type { Options } from 'ajv'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { OpenAPIBackend, ValidationContext, type Document, type Operation } from 'openapi-backend'
import { Problem, type FieldError } from '../problems.ts'
import { readCookies, readHeaders, readQuery } from './readParameters.ts'

export type Formats = Record<string, (text: string) => boolean>

/**
 * The longest text whose format is checked, in UTF-16 code units. The contract allows no longer text in any of these
 * formats. Ajv checks the format of a text even if the text exceeds maxLength, and the check of a format may
 * take more than linear time (security 84).
 */
const maxFormattedLength = 1024

/** Makes an Ajv for JSON Schema 2020-12, which OpenAPI 3.1 uses, with the formats of the contract. */
export function createAjv(formats: Formats, options: Options = {}): Ajv2020 {
  // npm run lint validates the schemas. Here this would take longer than all other work on the first request.
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true, strictNumbers: true, ...options })
  addFormats.default(ajv)
  for (const [name, check] of Object.entries(formats))
    ajv.addFormat(name, (text: string) => text.length <= maxFormattedLength && check(text))
  return ajv
}

/** Loads the contract into openapi-backend, which compiles the validator of an operation at its first request. */
export async function compileOpenApi(definition: Document, formats: Formats): Promise<OpenAPIBackend> {
  // These two instances of Ajv serve all operations: openapi-backend would make two instances for each operation.
  // Only parameters are coerced, never bodies.
  const parameters = createAjv(formats, { coerceTypes: true, useDefaults: true })
  const bodies = createAjv(formats)
  const api = new OpenAPIBackend({
    definition,
    quick: true, // skips the check of the definition, which knows only OpenAPI 3.0; npm run lint checks openapi.yaml
    ignoreTrailingSlashes: false,
    coerceTypes: true,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it is typed for the Ajv of draft-07
    customizeAjv: (_draft07, _options, context) => (context === ValidationContext.Params ? parameters : bodies),
  })
  await api.init()
  return api
}

/**
 * Validates a request against its operation.
 * @throws Problem invalid with the errors; not_found when a parameter of the path is malformed
 */
export function validate(
  api: OpenAPIBackend,
  operation: Operation,
  request: { method: string; path: string; query: string; headers: IncomingHttpHeaders; body: unknown },
) {
  const { method, path, query, body } = request
  if (!operation.parameters?.length && !operation.requestBody)
    return { body, path: {}, query: {}, header: {}, cookie: {} }
  // openapi-backend would parse a string as JSON again, and then pass the unparsed string on.
  if (typeof body === 'string') throw invalid([{ pointer: '', code: 'type', detail: 'The body must be an object.' }])
  const header = readHeaders(operation, request.headers)
  const cookie = readCookies(operation, request.headers)
  const headers = {
    ...header,
    ...(operation.requestBody ? { 'content-type': 'application/json' } : {}),
    ...(Object.keys(cookie).length > 0 ? { cookie: request.headers.cookie ?? '' } : {}),
  }
  const { errors, coerced } = api.validator.validateRequest(
    { method, path, query: readQuery(operation, query), headers, body },
    operation,
  )
  if (errors) {
    if (errors.some(({ instancePath }) => instancePath.startsWith('/path'))) throw new Problem('not_found')
    throw invalid(errors.slice(0, 100).map((error) => asFieldError(error, header)))
  }
  checkWellFormed(body)
  const { params = {}, query: parameters = {} } = coerced as { params?: object; query?: object }
  checkFinite(parameters)
  return { body, path: params, query: parameters, header, cookie }
}

/**
 * Refuses an infinite number. Ajv coerces 1e400 to Infinity, and with strictNumbers it checks no minimum or maximum
 * of Infinity (security 67).
 */
function checkFinite(parameters: object): void {
  const errors = Object.entries(parameters).filter(([, value]) => value === Infinity || value === -Infinity)
  if (errors.length > 0)
    throw invalid(errors.map(([parameter]) => ({ parameter, code: 'type', detail: 'This is not a finite number.' })))
}

/** Refuses a text with a lone surrogate, which UTF-8 cannot encode. Such passwords would hash alike (security 6). */
function checkWellFormed(body: unknown): void {
  const errors = Object.entries(body ?? {}).filter(([, value]) => typeof value === 'string' && !value.isWellFormed())
  if (errors.length > 0)
    throw invalid(
      errors.map(([name]) => ({ pointer: `/${name}`, code: 'format', detail: 'This is not well-formed Unicode.' })),
    )
}

const formatDetails: Record<string, string> = {
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
    formatDetails[String(format)] ?? `This does not have the format ${String(format)}.`,
  ],
}

function asFieldError({ keyword, instancePath, params, message }: ErrorObject, header: object): FieldError {
  const segment = (name: unknown) =>
    typeof name === 'string' ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : ''
  const location = instancePath + segment(params['missingProperty']) + segment(params['additionalProperty'])
  const [code, detail] = sentences[keyword]?.(params) ?? ['invalid', message ?? 'This does not match the contract.']
  const [, source, name = ''] = /^\/(query|header|cookie)\/(.*)$/s.exec(location) ?? []
  if (source === 'query' || source === 'cookie')
    return { parameter: name, code, detail: detail.replace('member', 'parameter') }
  if (source === 'header')
    return { parameter: Object.keys(header).find((field) => field.toLowerCase() === name) ?? name, code, detail }
  const pointer = location
    .replace(/^\/requestBody/, '')
    .slice(0, 512)
    .replace(/~$/, '') // the cut may leave half of an escape
  return { pointer, code, detail: pointer === '' && keyword === 'required' ? 'A body is required.' : detail }
}

function invalid(errors: FieldError[]): Problem {
  return new Problem('invalid', { errors })
}
