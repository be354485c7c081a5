import type { Duplex } from 'node:stream'
import type { Middleware } from 'koa'
import { v7 as uuidv7 } from 'uuid'
import type { components } from '../../generated/contract.ts'
import { Problem } from '../problems.ts'
import { resetHeaders, securityHeaders } from './headers.ts'

type ProblemBody = components['schemas']['Problem']

/** The problem document of RFC 9457. */
function problemBody(problem: Problem, requestId: string): ProblemBody {
  return {
    type: `urn:problem:gatehouse:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    request_id: requestId,
    ...(problem.errors ? { errors: problem.errors } : {}),
  }
}

/** The header fields that a status always has. */
export function problemHeaders({ status, headers }: Problem): Record<string, string> {
  return {
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="api"' } : {}),
    ...(status === 503 ? { 'Retry-After': '5' } : {}),
    ...headers,
  }
}

/** Answers whatever is thrown as a problem document; what is no Problem is `internal`, and its cause goes to `onError` only. */
export function answerProblems(onError: (error: unknown, problem: Problem, requestId: string) => void): Middleware {
  return async (context, next) => {
    try {
      await next()
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('internal', { cause: error })
      const requestId = String(context.state['requestId'])
      onError(error, problem, requestId)
      resetHeaders(context)
      context.status = problem.status
      context.set(problemHeaders(problem))
      context.type = 'application/problem+json'
      context.body = JSON.stringify(problemBody(problem, requestId))
    }
  }
}

const parserProblems: Record<string, Problem> = {
  HPE_HEADER_OVERFLOW: new Problem('headers_too_large'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem('request_timeout'),
}

/** Answers what Node's own parser refuses, in the same form: those requests never reach Koa. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = parserProblems[error.code ?? ''] ?? new Problem('invalid', { detail: 'This is not an HTTP request.' })
  const requestId = uuidv7()
  const body = JSON.stringify(problemBody(problem, requestId))
  const headers = {
    ...securityHeaders,
    'Cache-Control': 'no-store',
    'X-Request-Id': requestId,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`)
}
