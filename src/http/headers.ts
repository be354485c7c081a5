import type { Context, Middleware } from 'koa'
import { v7 as uuidv7 } from 'uuid'

/** On every answer of the service, whatever its status (security 73). */
export const securityHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const strictTransport = { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }

/** Gives each request its id and each answer its standing headers; a route may replace Cache-Control and the policy. */
export function standingHeaders(options: { behindTls: boolean }): Middleware {
  const headers = { ...securityHeaders, 'Cache-Control': 'no-store', ...(options.behindTls ? strictTransport : {}) }
  return (context, next) => {
    const requestId = uuidv7()
    context.state['requestId'] = requestId
    context.state['standingHeaders'] = { ...headers, 'X-Request-Id': requestId }
    resetHeaders(context)
    return next()
  }
}

/** Back to the standing headers: what was set for an answer that failed does not go out with the error. */
export function resetHeaders(context: Context): void {
  for (const name of Object.keys(context.response.headers)) context.remove(name)
  context.set((context.state['standingHeaders'] ?? {}) as Record<string, string>)
}
