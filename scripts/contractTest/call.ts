import { NIL } from 'uuid'
import type { ProblemCode } from '../../src/problems.ts'
import { checkCaching, checkLimit, checkProblem, createRequestIdCheck, type Reply } from './checks.ts'
import type { DeployedContract } from './deployedContract.ts'
import type { Result } from './results.ts'

export type { Reply }
/** The expected status of a reply. For a problem, the status and the code, for example "401 token_not_valid". */
export type Expected = number | `${number} ${ProblemCode}`
export type Request = {
  /**
   * The method of the request. By default method and path are those of the operation, with an unknown id for each
   * parameter of the path.
   */
  method?: string
  path?: string
  token?: string | undefined
  /** The body of the request. A string is sent as it is, and any other value as JSON. */
  body?: unknown
  headers?: Record<string, string>
  /**
   * The reply to the GET, for a HEAD request. The headers of the reply to HEAD must describe the body of this reply.
   */
  getReply?: Reply
  /** Finds further errors in the reply. */
  check?: (reply: Reply) => string[]
}
export type Target = { url: string; allowedHeaders: string[]; hasLimits: boolean; stopsEarly?: boolean }
/**
 * Sends a request, checks the reply and records the result.
 * @returns the reply, or undefined if there was no reply
 */
export type Call = (
  operationId: string,
  title: string,
  expected: Expected,
  request?: Request,
) => Promise<Reply | undefined>

// The headers that HTTP itself or a reverse proxy may add to any reply.
const transportHeaders = [
  'date',
  'keep-alive',
  'transfer-encoding',
  'server',
  'via',
  'alt-svc',
  'content-encoding',
  'age',
]

/** Thrown after the first reply that differs from the contract, if the caller wants only the first difference. */
export class Stopped extends Error {}

/**
 * Creates the function that sends requests to a deployment.
 * @param deployment.allowedHeaders the header fields that a proxy adds to replies
 * @param deployment.hasLimits whether the deployment limits requests
 * @param deployment.stopsEarly whether the function throws Stopped after the first reply that differs
 * @param results the list to which the function adds the result of each call
 */
export function createCall(
  { url, allowedHeaders, hasLimits, stopsEarly }: Target,
  contract: DeployedContract,
  results: Result[],
): Call {
  const { operations, checkReply } = contract
  const ignored = new Set([...transportHeaders, ...allowedHeaders.map((name) => name.toLowerCase())])
  const checkRequestId = createRequestIdCheck()
  return async (operationId, title, expected, request = {}) => {
    const operation = operations.find((candidate) => candidate.operationId === operationId)
    const { method = operation?.method ?? 'GET' } = request
    const path = (request.path ?? operation?.path ?? '/').replace(/\{\w+\}/g, NIL)
    const began = performance.now()
    const reply = await send(`${url}${path}`, method, request).catch((error: unknown) => error as Error)
    const errors = reply instanceof Error ? [`no reply: ${reasonOf(reply)}`] : findErrors(reply)
    const seconds = (performance.now() - began) / 1000
    results.push({ operationId, title, request: `${method} ${path}`, errors, seconds })
    if (stopsEarly && errors.length > 0) throw new Stopped()
    return reply instanceof Error ? undefined : reply

    function findErrors(received: Reply): string[] {
      const headers = Object.fromEntries(Object.entries(received.headers).filter(([name]) => !ignored.has(name)))
      const body = (request.getReply ?? received).body
      return [
        ...checkReply(operationId, { status: received.status, headers, body }),
        ...checkExpected(received, expected),
        ...checkRequestId(received),
        ...checkProblem(contract, received),
        ...(hasLimits ? checkLimit(contract, operationId, received) : []),
        ...(path.startsWith('/api/') ? checkCaching(received) : []),
        ...(request.check?.({ ...received, body }) ?? []),
      ]
    }
  }
}

async function send(url: string, method: string, { token, body, headers }: Request): Promise<Reply> {
  const reply = await fetch(url, {
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
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: isJson ? parseJson(text) : text }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function checkExpected({ status, body }: Reply, expected: Expected): string[] {
  const [expectedStatus = '', expectedCode] = String(expected).split(' ')
  const { code } = (body ?? {}) as { code?: unknown }
  return [
    ...(String(status) === expectedStatus ? [] : [`status ${status} instead of ${expectedStatus}`]),
    ...(expectedCode === undefined || code === expectedCode ? [] : [`code ${String(code)} instead of ${expectedCode}`]),
  ]
}

function reasonOf(error: Error & { cause?: unknown }): string {
  const cause = error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException) : undefined
  return cause?.code ?? cause?.message ?? error.message
}
