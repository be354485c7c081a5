import type { Logger } from 'pino'
import type { AppMiddleware } from './state.ts'

/** Logs one line for each request. The line has no query string, because a query string may contain a code. */
export function logRequests(log: Logger): AppMiddleware {
  return async (context, next) => {
    const began = performance.now()
    try {
      await next()
    } finally {
      const { requestId: request_id, operationId: operation } = context.state
      const ms = Math.round((performance.now() - began) * 10) / 10
      log.info(
        { request_id, operation, method: context.method, path: context.path, status: context.status, ms },
        'request',
      )
    }
  }
}
