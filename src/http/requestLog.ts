import type { Middleware } from 'koa'
import type { Logger } from 'pino'

/** One line for each request. The query stays out: it may carry a code. */
export function logRequests(log: Logger): Middleware {
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
