import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ErrorObject, ValidateFunction } from 'ajv'
import type { OpenAPIBackend } from 'openapi-backend'
import { Problem } from '../problems.ts'
import { securityHeaders } from './headers.ts'
import type { AppMiddleware } from './state.ts'
import { createAjv, type Formats } from './validation.ts'

export type SentReply = { status: number; headers: Record<string, unknown>; body: unknown }
export type CheckReply = (operationId: string, reply: SentReply) => string[]

type Schema = Record<string, unknown>
type Response = {
  headers?: Record<string, { required?: boolean; schema: Schema }>
  content?: Record<string, { schema: Schema }>
}
type Check = {
  contentType: string | undefined
  requiredHeaders: string[]
  headers: Map<string, ValidateFunction>
  body: ValidateFunction | undefined
}

// The header fields that HTTP itself, Koa and the middleware add to any reply.
const commonHeaders = new Set([
  'content-type',
  'content-length',
  'strict-transport-security',
  'connection',
  'vary',
  'access-control-expose-headers',
  ...Object.keys(securityHeaders).map((name) => name.toLowerCase()),
])

/**
 * Refuses replies that the contract does not describe. The check runs in tests and development, to notice differences
 * between the service and the contract.
 * @throws Problem internal, whose cause lists every error of the reply
 */
export function checkReplies(check: CheckReply): AppMiddleware {
  return async (context, next) => {
    await next()
    const { operationId } = context.state
    if (operationId === undefined) return
    if (context.body instanceof Readable) context.body = await text(context.body) // only a whole body can be checked
    const content: unknown = Buffer.isBuffer(context.body) ? context.body.toString() : context.body
    const isJson = typeof content === 'string' && context.type.endsWith('json')
    const body = isJson ? (JSON.parse(content) as unknown) : content
    const errors = check(operationId, { status: context.status, headers: context.response.headers, body })
    if (errors.length === 0) return
    throw new Problem('internal', {
      cause: `${operationId} answered what openapi.yaml does not describe: ${errors.join('; ')}`,
    })
  }
}

/**
 * Makes the check of replies against the contract. It checks the status, the content type, the header fields and the
 * body. No member of the body may be missing or undocumented. The check that openapi-backend has reads
 * application/json only, and accepts unknown statuses.
 * @returns a function that lists the errors of a reply
 */
export function createReplyCheck(api: OpenAPIBackend, formats: Formats): CheckReply {
  const ajv = createAjv(formats)
  const checks = new Map<string, Check>()

  return (operationId, { status, headers, body }) => {
    const check = checkOf(operationId, status)
    if (!check) return [`status ${status} is not documented`]
    const errors: string[] = []
    const { 'content-type': field } = headers
    const contentType = typeof field === 'string' ? field.split(';')[0] : undefined
    if (contentType !== check.contentType)
      errors.push(`content type ${String(contentType)} instead of ${String(check.contentType)}`)
    for (const name of check.requiredHeaders) if (headers[name] === undefined) errors.push(`header ${name} is missing`)
    for (const [name, value] of Object.entries(headers)) errors.push(...headerErrors(check, name, value))
    if (check.body && !check.body(body)) errors.push(`body ${ajv.errorsText(check.body.errors?.map(withName))}`)
    return errors
  }

  // The check of an operation and status is compiled at their first reply, because all checks together would take
  // some MB.
  function checkOf(operationId: string, status: number): Check | undefined {
    const name = `${operationId} ${status}`
    const known = checks.get(name)
    if (known) return known
    const response = (api.getOperation(operationId)?.responses as Record<string, Response> | undefined)?.[status]
    if (!response) return undefined
    const check = compile(response)
    checks.set(name, check)
    return check
  }

  function compile({ headers = {}, content = {} }: Response): Check {
    const [[contentType, media] = []] = Object.entries(content)
    const entries = Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header] as const)
    return {
      contentType,
      requiredHeaders: entries.filter(([, { required }]) => required).map(([name]) => name),
      headers: new Map(entries.map(([name, { schema }]) => [name, ajv.compile(schema)])),
      body: media && ajv.compile(media.schema),
    }
  }

  function headerErrors(check: Check, name: string, value: unknown): string[] {
    const validateHeader = check.headers.get(name)
    if (!validateHeader) return commonHeaders.has(name) ? [] : [`header ${name} is not documented`]
    const text = String(value)
    return validateHeader(text) || validateHeader(Number(text))
      ? []
      : [`header ${name}: ${ajv.errorsText(validateHeader.errors)}`]
  }
}

/** Adds to Ajv's message the name of the member that the schema does not list. */
function withName(error: ErrorObject): ErrorObject {
  const { additionalProperty: name } = error.params as { additionalProperty?: string }
  return name === undefined ? error : { ...error, message: `${error.message ?? ''}: ${name}` }
}
