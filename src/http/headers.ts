import { v7 as uuidv7 } from 'uuid'
import type { AppContext, AppMiddleware } from './state.ts'

/** The header fields of every reply of any status, those below Koa included (security 73). */
export const securityHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin', // for embedded resources: CORS decides what a page may fetch
}

const strictTransport = 'max-age=31536000'

export type Headers = Readonly<Record<string, string>>

/**
 * Makes the header fields of every reply of a service with this base URL.
 * @param includeSubdomains whether browsers may use TLS only for the subdomains of its host, too (RFC 6797, 6.1.2)
 */
export function commonHeaders(baseUrl: string, includeSubdomains = false): Headers {
  const headers = { ...securityHeaders, 'Cache-Control': 'no-store' }
  if (!baseUrl.startsWith('https:')) return headers
  return {
    ...headers,
    'Strict-Transport-Security': `${strictTransport}${includeSubdomains ? '; includeSubDomains' : ''}`,
  }
}

/** Gives each request its id and each reply the common headers; a route may replace Cache-Control and the policy. */
export function setCommonHeaders(headers: Headers): AppMiddleware {
  return (context, next) => {
    const requestId = uuidv7()
    context.state.requestId = requestId
    context.set({ ...headers, 'X-Request-Id': requestId })
    return next()
  }
}

/**
 * Keeps the header fields that a reply has by now.
 * @returns a function that restores them: those that were set for a failed reply must not be sent with the error
 */
export function keepHeaders(context: AppContext): () => void {
  const kept = { ...context.response.headers } as Record<string, string | string[]>
  return () => {
    for (const name of Object.keys(context.response.headers)) context.remove(name)
    context.set(kept)
  }
}
