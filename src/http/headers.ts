import { v7 as uuidv7 } from 'uuid'
import type { AppContext, AppMiddleware } from './state.ts'

/** On every answer, whatever its status and whoever makes it (security 73). */
export const securityHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin', // about what a page embeds: CORS decides what it may fetch
}

const strictTransport = 'max-age=31536000'

export type Headers = Readonly<Record<string, string>>

/**
 * The header fields of every answer, where people come by this URL.
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

/** Gives each request its id and each answer the common headers; a route may replace Cache-Control and the policy. */
export function setCommonHeaders(headers: Headers): AppMiddleware {
  return (context, next) => {
    const requestId = uuidv7()
    context.state.requestId = requestId
    context.set({ ...headers, 'X-Request-Id': requestId })
    return next()
  }
}

/**
 * Notes what header fields an answer has by now.
 * @returns a function that goes back to them: what was set for an answer that failed does not go out with the error
 */
export function keepHeaders(context: AppContext): () => void {
  const kept = { ...context.response.headers } as Record<string, string | string[]>
  return () => {
    for (const name of Object.keys(context.response.headers)) context.remove(name)
    context.set(kept)
  }
}
