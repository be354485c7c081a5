import cors from '@koa/cors'
import type { AppMiddleware } from './state.ts'

// These are for people: no script of another origin has any business with them.
const pages = /^\/(account|docs)(\/|$)/

// What the API reads, and what tracing libraries add to every call of a page, which the service ignores. Headers that would change
// what a call does (If-Match, Idempotency-Key, X-HTTP-Method-Override) are not listed, for the service does not honour them.
const allowedHeaders = [
  ...['Authorization', 'Content-Type', 'Accept', 'Accept-Language'],
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace'], // W3C Trace Context and Baggage, Sentry
  ...['b3', 'X-B3-TraceId', 'X-B3-SpanId', 'X-B3-ParentSpanId', 'X-B3-Sampled', 'X-B3-Flags', 'uber-trace-id'], // Zipkin, Jaeger
  ...['x-datadog-trace-id', 'x-datadog-parent-id', 'x-datadog-origin', 'x-datadog-sampling-priority'],
  ...['newrelic', 'elastic-apm-traceparent', 'X-Amzn-Trace-Id', 'X-Cloud-Trace-Context'],
  ...['Request-Id', 'Request-Context', 'X-Request-Id', 'X-Correlation-Id'], // Application Insights, and ids of one's own
]

/**
 * Lets pages of these origins call the API: compared as they are, and never with credentials of the browser's own, for tokens travel
 * in Authorization (security 74; Fetch standard, 3.3). To any other origin no word of CORS is said.
 */
export function allowOrigins(origins: readonly string[]): AppMiddleware {
  const allowed = new Set(origins)
  return cors({
    origin: (context) => {
      const origin = context.get('Origin')
      return allowed.has(origin) && !pages.test(context.path) ? origin : ''
    },
    allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: allowedHeaders,
    exposeHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
    maxAge: 3600,
    keepHeadersOnError: false, // errors are answered further in, and keep what was set before
  })
}
