import { isDeepStrictEqual } from 'node:util'
import { anyOperation, codeFact, type Fact } from './documented.ts'
import { findEnumValues, isObject } from './enums.ts'
import { problemType, type Operation, type CoveredApi } from './operations.ts'

export type Exchange = {
  method: string
  /** The path and query of the request, as the client sent them. */
  target: string
  body?: string | undefined
  /** Whether a test itself wrote the bytes of the request. Such a request may be invalid HTTP. */
  raw?: boolean
  reply: { status: number; type: string | null; body: unknown }
}

/** Lists the facts that one request and its reply show. */
export function observe(api: CoveredApi, exchange: Exchange): Fact[] {
  const { status, body } = exchange.reply
  const type = exchange.reply.type?.split(';')[0] ?? 'none'
  const operation = operationOf(api, exchange)
  const documented = operation?.replies.find((reply) => reply.status === String(status) && reply.type === type)
  const schema = documented?.media?.schema ?? (type === problemType ? api.problem : undefined)
  const owner = ownerOf(api, exchange, operation)
  return [
    ...(owner === undefined ? [] : [`reply ${owner} ${status} ${type}`]),
    ...(owner !== undefined && isObject(body) && 'code' in body ? [codeFact(owner, String(status), body)] : []),
    ...findEnumValues(schema, body).map(({ component, value }) => `value ${component} ${value}`),
    ...(operation ? sentFacts(operation, exchange) : []),
  ]
}

/**
 * Returns the owner of a reply: the id of the operation, or the name that stands for replies to any request. Returns
 * undefined for a reply to a URL outside of the contract.
 */
function ownerOf({ anyRequest }: CoveredApi, exchange: Exchange, operation?: Operation): string | undefined {
  const { method, raw, reply, target } = exchange
  const status = String(reply.status)
  if (method === 'OPTIONS' && status === '204') return undefined // a CORS preflight belongs to no operation
  if (!operation) {
    if (anyRequest.has(status) && reply.type === problemType) return anyOperation
    return pathOf(target).startsWith('/api/') ? 'no-operation' : undefined
  }
  if (operation.replies.some((documented) => documented.status === status)) return operation.id
  // An operation that replies with 400 or 503 must document this status, unless the request was invalid HTTP.
  return anyRequest.has(status) && (!['400', '503'].includes(status) || raw) ? anyOperation : operation.id
}

function operationOf({ operations }: CoveredApi, { method, target }: Exchange): Operation | undefined {
  const path = pathOf(target)
  const verb = method === 'HEAD' ? 'GET' : method
  return operations.find((operation) => operation.method === verb && operation.path.test(path))
}

const pathOf = (target: string) => target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')

/**
 * Lists the facts that the request shows. Parameters and enum values count if the service accepted them, and examples
 * if the service read them.
 */
function sentFacts(operation: Operation, { target, body, reply }: Exchange): Fact[] {
  const { id, parameters } = operation
  const content = parseJson(body)
  const wasRead = reply.status !== 415
  const examples = Object.entries(operation.body?.examples ?? {})
  const facts = examples
    .filter(([, { value }]) => wasRead && isDeepStrictEqual(value, content))
    .map(([name]) => `example ${id} ${name}`)
  if (reply.status >= 400) return facts
  const query = new URLSearchParams(target.replace(/^[^?]*\??/, ''))
  const path = operation.path.exec(pathOf(target))?.groups ?? {}
  for (const parameter of parameters) {
    const value = parameter.in === 'path' ? path[parameter.name] : query.get(parameter.name)
    if (value === undefined || value === null) continue
    facts.push(`parameter ${id} ${parameter.name}`)
    facts.push(...findEnumValues(parameter.schema, value, parameter.name).map(({ fact }) => `argument ${id} ${fact}`))
  }
  return [...facts, ...findEnumValues(operation.body?.schema, content).map(({ fact }) => `argument ${id} ${fact}`)]
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
