import cors from '@koa/cors'
import type { Middleware } from 'koa'

// These are for people: no script of another origin has any business with them.
const pages = /^\/(account|docs)(\/|$)/

/**
 * Lets pages of these origins call the API: compared as they are, and never with credentials of the browser's own, for tokens travel
 * in Authorization (security 74; Fetch standard, 3.3). To any other origin no word of CORS is said.
 */
export function allowOrigins(origins: readonly string[]): Middleware {
  const allowed = new Set(origins)
  return cors({
    origin: (context) => {
      const origin = context.get('Origin')
      return allowed.has(origin) && !pages.test(context.path) ? origin : ''
    },
    allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
    maxAge: 3600,
    keepHeadersOnError: false, // errors are answered further in, and keep what was set before
  })
}
