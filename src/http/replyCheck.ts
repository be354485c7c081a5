import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ErrorObject, ValidateFunction } from 'ajv'
import type { OpenAPIBackend } from 'openapi-backend'
import { Problem } from '../problems.ts'
import { closeSchema } from './closedSchema.ts'
import { securityHeaders } from './headers.ts'
import { orderKeyword } from './orderKeyword.ts'
import type { AppMiddleware } from './state.ts'
import { createAjv, type Formats } from './validation.ts'

export type SentReply = { status: number; headers: Record<string, unknown>; body: unknown }
export type CheckReply = (operationId: string, reply: SentReply) => string[]

type Schema = Record<string, unknown>
type Response = {
  headers?: Record<string, { required?: boolean; schema: Schema }>
  content?: Record<string, { schema: Schema }>
}
type TypedProblem = { type: string; code: string }
type Check = {
  contentType: string | undefined
  requiredHeaders: string[]
  headers: Map<string, { validate: ValidateFunction; isNumber: boolean }>
  body: ValidateFunction | undefined
}

// The header fields that HTTP itself, Koa and the middleware add to any reply.
const commonHeaders = new Set([
  'content-type',
  'content-length',
  'strict-transport-security',
  'connection',
  'vary',
  'access-control-allow-origin',
  'access-control-allow-credentials',
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
 * body. The body must have no missing or undocumented member and no unknown value of an extensible enum, lists must
 * be sorted as `x-order` says, and the `type` of a problem must match its code. The check of openapi-backend would
 * not suffice: it reads application/json only, and accepts unknown statuses.
 * @returns a function that lists the errors of a reply
 */
export function createReplyCheck(api: OpenAPIBackend, formats: Formats): CheckReply {
  const ajv = createAjv(formats).addKeyword(orderKeyword)
  const checks = new Map<string, Check>()
  const bodies = new Map<Schema, ValidateFunction>()

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
    else if (contentType === 'application/problem+json') errors.push(...typeErrors(body as TypedProblem))
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
      headers: new Map(
        entries.map(([name, { schema }]) => [
          name,
          { validate: ajv.compile(schema), isNumber: schema['type'] === 'integer' },
        ]),
      ),
      body: media && compileBody(media.schema),
    }
  }

  // Many replies have the same schema, which is compiled once.
  function compileBody(schema: Schema): ValidateFunction {
    const body = bodies.get(schema) ?? ajv.compile(closeSchema(schema))
    bodies.set(schema, body)
    return body
  }

  function headerErrors(check: Check, name: string, value: unknown): string[] {
    const header = check.headers.get(name)
    if (!header) return commonHeaders.has(name) ? [] : [`header ${name} is not documented`]
    const { validate, isNumber } = header
    const text = String(value)
    return validate(isNumber ? Number(text) : text) ? [] : [`header ${name}: ${ajv.errorsText(validate.errors)}`]
  }
}

function typeErrors({ type, code }: TypedProblem): string[] {
  return type.endsWith(`/problems/${code}`) ? [] : [`body data/type is ${type}, which is not the type of ${code}`]
}

/** Adds to Ajv's message the name of the member that the schema does not list. */
function withName(error: ErrorObject): ErrorObject {
  const { additionalProperty: name } = error.params as { additionalProperty?: string }
  return name === undefined ? error : { ...error, message: `${error.message ?? ''}: ${name}` }
}
