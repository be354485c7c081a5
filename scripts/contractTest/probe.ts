import { NIL } from 'uuid'
import { createReplyCheck, type CheckReply } from '../../src/http/replyCheck.ts'
import { formats, type Contract } from './contract.ts'

export type Seen = { status: number; headers: Record<string, string>; body: unknown }
export type Case = {
  operationId: string
  what: string
  status: number
  /** The `code` of the problem. */
  code?: string
  method?: string
  path?: string
  token?: string | undefined
  /** Sent as JSON unless it is a text. */
  body?: unknown
  headers?: Record<string, string>
  /** The reply to GET, which the one to HEAD must be like. */
  like?: Seen
  /** More faults of the reply. */
  also?: (seen: Seen) => string[]
}
export type Result = { operationId: string; what: string; request: string; faults: string[]; seconds: number }
export type Ask = (given: Case) => Promise<Seen | undefined>

// What HTTP's own machinery and a reverse proxy put on any reply.
const transport = ['date', 'keep-alive', 'transfer-encoding', 'server', 'via', 'alt-svc', 'content-encoding', 'age']

/** @param tell told each result as it comes @returns what sends a request and checks its reply; undefined when none came */
export function createProbe(
  url: string,
  { api }: Contract,
  options: { allowedHeaders: string[]; tell: (result: Result) => void },
): Ask {
  const check = createReplyCheck(api, formats)
  const ignored = new Set([...transport, ...options.allowedHeaders.map((name) => name.toLowerCase())])
  return async (given) => {
    const operation = api.getOperation(given.operationId)
    const { method = operation?.method.toUpperCase() ?? 'GET', path: asked = operation?.path ?? '/' } = given
    const path = asked.replace(/\{\w+\}/g, NIL) // an id of nobody
    const began = performance.now()
    const seen = await send(url, { ...given, method, path }).catch((error: unknown) => error as Error)
    const faults =
      seen instanceof Error ? [`no reply: ${reasonOf(seen)}`] : faultsOf({ ...given, path }, seen, { check, ignored })
    const seconds = (performance.now() - began) / 1000
    options.tell({ operationId: given.operationId, what: given.what, request: `${method} ${path}`, faults, seconds })
    return seen instanceof Error ? undefined : seen
  }
}

async function send(url: string, given: Case & { method: string; path: string }): Promise<Seen> {
  const { method, path, token, body, headers } = given
  const reply = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await reply.text()
  const isJson = /json\b/.test(reply.headers.get('content-type') ?? '')
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: isJson ? parsed(text) : text }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function faultsOf(given: Case, seen: Seen, { check, ignored }: { check: CheckReply; ignored: Set<string> }): string[] {
  const { operationId, status, code, like } = given
  const headers = Object.fromEntries(Object.entries(seen.headers).filter(([name]) => !ignored.has(name)))
  const faults = check(operationId, { status: seen.status, headers, body: like ? like.body : seen.body })
  if (seen.status !== status) faults.push(`status ${seen.status} instead of ${status}`)
  const { code: codeSeen, request_id: requestId } = (seen.body ?? {}) as { code?: unknown; request_id?: unknown }
  if (code !== undefined && codeSeen !== code) faults.push(`code ${String(codeSeen)} instead of ${code}`)
  if (requestId !== undefined && requestId !== headers['x-request-id'])
    faults.push('header x-request-id differs from request_id')
  const isPrivate = given.path?.startsWith('/api/') ?? false
  if (isPrivate && headers['cache-control'] !== 'no-store')
    faults.push(`header cache-control is ${String(headers['cache-control'])} instead of no-store`)
  return [...faults, ...(given.also?.(seen) ?? [])]
}

function reasonOf(error: Error & { cause?: unknown }): string {
  const cause = error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException) : undefined
  return cause?.code ?? cause?.message ?? error.message
}
