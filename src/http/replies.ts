import type { ErrorObject, ValidateFunction } from 'ajv'
import type { OpenAPIBackend } from 'openapi-backend'
import { createAjv, type Formats } from './validation.ts'
import { securityHeaders } from './headers.ts'

export type SentReply = { status: number; headers: Record<string, unknown>; body: unknown }
export type CheckReply = (operationId: string, reply: SentReply) => string[]

type Schema = Record<string, unknown>
type Response = {
  headers?: Record<string, { required?: boolean; schema: Schema }>
  content?: Record<string, { schema: Schema }>
}
type Check = {
  type: string | undefined
  required: string[]
  headers: Map<string, ValidateFunction>
  body: ValidateFunction | undefined
}

// What HTTP itself, Koa and the middleware add to any answer.
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
 * Checks replies against the contract: an undocumented status, another content type, a missing or undeclared header,
 * a member that the schema does not list. openapi-backend's own check looks at application/json alone and passes unknown statuses.
 * @returns a function that names every fault
 */
export function createReplyCheck(api: OpenAPIBackend, formats: Formats): CheckReply {
  const ajv = createAjv(formats)
  const checks = new Map<string, Check>()

  return (operationId, { status, headers, body }) => {
    const check = checkOf(operationId, status)
    if (!check) return [`status ${status} is not documented`]
    const faults: string[] = []
    const type = typeof headers['content-type'] === 'string' ? headers['content-type'].split(';')[0] : undefined
    if (type !== check.type) faults.push(`content type ${String(type)} instead of ${String(check.type)}`)
    for (const name of check.required) if (headers[name] === undefined) faults.push(`header ${name} is missing`)
    for (const [name, value] of Object.entries(headers)) faults.push(...headerFaults(check, name, value))
    if (check.body && !check.body(body)) faults.push(`body ${ajv.errorsText(check.body.errors?.map(withName))}`)
    return faults
  }

  // Compiled when it is first needed: together they would take a few MB.
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
    const [[type, media] = []] = Object.entries(content)
    const entries = Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header] as const)
    return {
      type,
      required: entries.filter(([, { required }]) => required).map(([name]) => name),
      headers: new Map(entries.map(([name, { schema }]) => [name, ajv.compile(schema)])),
      body: media && ajv.compile(media.schema),
    }
  }

  function headerFaults(check: Check, name: string, value: unknown): string[] {
    const validateHeader = check.headers.get(name)
    if (!validateHeader) return commonHeaders.has(name) ? [] : [`header ${name} is not documented`]
    const text = String(value)
    return validateHeader(text) || validateHeader(Number(text))
      ? []
      : [`header ${name}: ${ajv.errorsText(validateHeader.errors)}`]
  }
}

/** Ajv's message does not say which member the schema does not list. */
function withName(error: ErrorObject): ErrorObject {
  const { additionalProperty: name } = error.params as { additionalProperty?: string }
  return name === undefined ? error : { ...error, message: `${error.message ?? ''}: ${name}` }
}
