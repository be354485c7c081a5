import { parseCookie } from 'cookie'
import { isDeepStrictEqual } from 'node:util'
import { codeFact } from './documented.ts'
import { findConstraintFacts, locationOf, type SentValues } from './constraints.ts'
import { findEnumValues, isObject } from './enums.ts'
import { anyOperation, type Fact } from './facts.ts'
import { findMemberFacts } from './members.ts'
import { problemType, type Operation, type CoveredApi } from './operations.ts'

export type Exchange = {
  method: string
  /** The path and query of the request, as the client sent them. */
  target: string
  body?: string | undefined
  headers?: Headers
  /** Whether a test itself wrote the bytes of the request. Such a request may be invalid HTTP. */
  raw?: boolean
  reply: { status: number; type: string | null; body: unknown }
}

/** Lists the facts (documented properties of the contract) that one request and its reply exercise. */
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
    ...(operation && documented && exchange.method !== 'HEAD' ? findMemberFacts(operation.id, documented, body) : []),
    ...(operation ? sentFacts(operation, exchange) : []),
  ]
}

/**
 * Returns the owner of a reply: the id of the operation, or `any-request` if any request can get the reply. Returns
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
 * Lists the facts that the request shows. A parameter or an enum value counts as covered if the service accepted
 * it. An example counts as covered if the service parsed it, even if it was then rejected.
 */
function sentFacts(operation: Operation, exchange: Exchange): Fact[] {
  const { id, parameters, body } = operation
  const { status } = exchange.reply
  const sent = readSent(operation, exchange)
  const wasRead = status !== 415
  const examples = Object.entries(body?.examples ?? {})
    .filter(([, { value }]) => wasRead && isDeepStrictEqual(value, sent.get('/')))
    .map(([name]) => `example ${id} ${name}`)
  const facts = [...examples, ...findConstraintFacts(operation, sent, exchange.reply, isValidated(operation, exchange))]
  if (status >= 400) return facts
  for (const parameter of parameters) {
    const value = sent.get(locationOf(parameter))
    if (value === undefined || (value === '' && parameter.allowEmptyValue)) continue
    facts.push(`parameter ${id} ${parameter.name}`)
    facts.push(...findEnumValues(parameter.schema, value, parameter.name).map(({ fact }) => `argument ${id} ${fact}`))
  }
  return [...facts, ...findEnumValues(body?.schema, sent.get('/')).map(({ fact }) => `argument ${id} ${fact}`)]
}

function readSent({ parameters, path }: Operation, { target, headers, body }: Exchange): SentValues {
  const query = new URLSearchParams(target.replace(/^[^?]*\??/, ''))
  const ids = path.exec(pathOf(target))?.groups ?? {}
  const cookies = parseCookie(headers?.get('cookie') ?? '')
  const content = parseJson(body)
  const members = isObject(content) ? Object.entries(content) : []
  return new Map<string, unknown>([
    ['/', content],
    ...members.map(([name, value]) => [`/${name}`, value] as const),
    ...parameters.map((parameter) => {
      const { name } = parameter
      const value = { path: ids[name], query: query.get(name), header: headers?.get(name), cookie: cookies[name] }[
        parameter.in
      ]
      return [locationOf(parameter), value ?? undefined] as const
    }),
  ])
}

/**
 * Whether the service compared a request with the contract. Before the comparison, a secured operation may reply with
 * 401 or 403, and every operation replies with 400 to a request that is not HTTP or not JSON.
 */
function isValidated({ isPublic }: Operation, { raw, reply: { status, body } }: Exchange): boolean {
  const isUnread = raw || (isObject(body) && body['code'] === 'invalid' && !Array.isArray(body['errors']))
  return status < 400 || (!isUnread && [400, 409, 412].includes(status)) || (isPublic && status === 401)
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
