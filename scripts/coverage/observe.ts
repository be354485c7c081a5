import { isDeepStrictEqual } from 'node:util'
import { problemType, type Contract, type Operation } from './contract.ts'
import { found, isObject } from './enums.ts'
import { any, codeFact, type Fact } from './facts.ts'

export type Exchange = {
  method: string
  /** Path and query, as sent. */
  target: string
  body?: string | undefined
  /** Whether the request was written by hand, and may not be HTTP at all. */
  raw?: boolean
  reply: { status: number; type: string | null; body: unknown }
}

/** What one request and its reply showed. */
export function observe(contract: Contract, exchange: Exchange): Fact[] {
  const { status, body } = exchange.reply
  const type = exchange.reply.type?.split(';')[0] ?? 'none'
  const operation = operationOf(contract, exchange)
  const documented = operation?.replies.find((reply) => reply.status === String(status) && reply.type === type)
  const schema = documented?.media?.schema ?? (type === problemType ? contract.problem : undefined)
  const owner = ownerOf(contract, exchange, operation)
  return [
    ...(owner === undefined ? [] : [`reply ${owner} ${status} ${type}`]),
    ...(owner !== undefined && isObject(body) && 'code' in body ? [codeFact(owner, String(status), body)] : []),
    ...found(schema, body).map(({ component, value }) => `value ${component} ${value}`),
    ...(operation ? sent(operation, exchange) : []),
  ]
}

/** Whose reply it is: the operation's, that of any request, or of something outside the contract. */
function ownerOf({ anyRequest }: Contract, exchange: Exchange, operation?: Operation): string | undefined {
  const { method, raw, reply, target } = exchange
  const status = String(reply.status)
  if (method === 'OPTIONS' && status === '204') return undefined // a preflight asks about an operation and is none
  if (!operation) {
    if (anyRequest.has(status) && reply.type === problemType) return any
    return pathOf(target).startsWith('/api/') ? 'no-operation' : undefined
  }
  if (operation.replies.some((documented) => documented.status === status)) return operation.id
  // 400 meets any request that is no HTTP, 503 any of too many at once; what an operation itself answers is the operation's.
  return anyRequest.has(status) && (!['400', '503'].includes(status) || raw) ? any : operation.id
}

function operationOf({ operations }: Contract, { method, target }: Exchange): Operation | undefined {
  const path = pathOf(target)
  const verb = method === 'HEAD' ? 'GET' : method
  return operations.find((operation) => operation.method === verb && operation.path.test(path))
}

const pathOf = (target: string) => target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')

/** Parameters and values count where they were accepted, examples where they were read. */
function sent(operation: Operation, { target, body, reply }: Exchange): Fact[] {
  const { id, parameters } = operation
  const content = jsonOf(body)
  const read = reply.status !== 415
  const examples = Object.entries(operation.body?.examples ?? {})
  const facts = examples
    .filter(([, { value }]) => read && isDeepStrictEqual(value, content))
    .map(([name]) => `example ${id} ${name}`)
  if (reply.status >= 400) return facts
  const query = new URLSearchParams(target.replace(/^[^?]*\??/, ''))
  const path = operation.path.exec(pathOf(target))?.groups ?? {}
  for (const parameter of parameters) {
    const value = parameter.in === 'path' ? path[parameter.name] : query.get(parameter.name)
    if (value === undefined || value === null) continue
    facts.push(`parameter ${id} ${parameter.name}`)
    facts.push(...found(parameter.schema, value, parameter.name).map(({ fact }) => `argument ${id} ${fact}`))
  }
  return [...facts, ...found(operation.body?.schema, content).map(({ fact }) => `argument ${id} ${fact}`)]
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
