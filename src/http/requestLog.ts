import { Readable } from 'node:stream'
import type { Logger } from 'pino'
import { deviceNetworkOf } from '../domain/networks.ts'
import type { AppContext, AppMiddleware } from './state.ts'

// In characters. Only the reply check gives longer reasons.
const maxReason = 1000
const probes = new Set(['getLiveness', 'getReadiness'])

/**
 * Logs one line for each request, when its reply is ready, or when the stream of its reply has ended. The line
 * contains no query string, because a query string may contain a code. A probe that succeeds is logged at `debug`.
 */
export function logRequests(log: Logger): AppMiddleware {
  return async (context, next) => {
    const began = performance.now()
    try {
      await next()
    } finally {
      const body: unknown = context.body
      if (body instanceof Readable && !body.closed)
        body.once('close', () => {
          writeLine(log, context, began)
        })
      else writeLine(log, context, began)
    }
  }
}

function writeLine(log: Logger, context: AppContext, began: number): void {
  const { requestId, operationId, userId, problem, trace, client } = context.state
  const level = context.status < 400 && probes.has(operationId ?? '') ? 'debug' : 'info'
  if (!log.isLevelEnabled(level)) return
  const line = {
    request_id: requestId,
    operation: operationId,
    method: context.method,
    path: context.path,
    status: context.status,
    code: problem?.code,
    reason: reasonOf(problem?.cause),
    ms: Math.round((performance.now() - began) * 10) / 10,
    bytes: countBytes(context),
    aborted: context.req.socket.destroyed || undefined, // the client has closed the connection
    user_id: userId,
    network: deviceNetworkOf(client.ipAddress),
    trace_id: trace?.traceId,
  }
  log[level](line, 'request')
}

/** Returns the number of bytes of the reply's body. */
function countBytes(context: AppContext): number {
  const body: unknown = context.body
  if (context.method === 'HEAD' || body === null || body === undefined) return 0
  return body instanceof Readable ? (context.state.streamedBytes ?? 0) : context.length
}

/**
 * Returns the internal reason of a problem: the reason that our code gives, or the code of an error. The message of an
 * error is left out, because it may contain a value that the client sent.
 */
export function reasonOf(cause: unknown): string | undefined {
  if (typeof cause === 'string') return cause.slice(0, maxReason)
  for (let error = cause; error instanceof Error; error = error.cause)
    if ('code' in error && typeof error.code === 'string') return error.code
  return cause instanceof Error ? cause.name : undefined
}
