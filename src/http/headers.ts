import type { AppContext, AppMiddleware } from './state.ts'

/**
 * The header fields of every reply, whatever its status, including the replies that the HTTP server sends without Koa
 * (security 73).
 */
export const securityHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  // This applies to embedded resources; CORS decides what a page may fetch.
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const strictTransport = 'max-age=31536000'

export type Headers = Readonly<Record<string, string>>

/**
 * Makes the header fields of every reply from the service's base URL.
 * @param includeSubdomains whether browsers must use TLS for the subdomains of the host, too (RFC 6797, 6.1.2)
 */
export function commonHeaders(baseUrl: string, includeSubdomains = false): Headers {
  const headers = { ...securityHeaders, 'Cache-Control': 'no-store' }
  if (!baseUrl.startsWith('https:')) return headers
  return {
    ...headers,
    'Strict-Transport-Security': `${strictTransport}${includeSubdomains ? '; includeSubDomains' : ''}`,
  }
}

/**
 * Gives each reply the common header fields and the id of its request. A route may replace Cache-Control,
 * Content-Security-Policy and Referrer-Policy. A page of another origin that opens one of our pages cannot reach its window.
 */
export function setCommonHeaders(headers: Headers): AppMiddleware {
  return async (context, next) => {
    context.set({ ...headers, 'X-Request-Id': context.state.requestId })
    await next()
    if (context.type === 'text/html') context.set('Cross-Origin-Opener-Policy', 'same-origin')
  }
}

/**
 * Remembers the header fields that a reply has now.
 * @returns a function that restores these header fields. Fields that were set for a reply that failed must not be
 * sent with the error
 */
export function keepHeaders(context: AppContext): () => void {
  const kept = context.res.getHeaders() as Record<string, string | string[]> // a copy
  return () => {
    for (const name of Object.keys(context.response.headers)) context.remove(name)
    context.set(kept)
  }
}
