import cors from '@koa/cors'
import type { AppMiddleware } from './state.ts'

// These paths are pages for people. Scripts of other origins have no reason to read these pages.
const pages = /^\/($|(account|docs|mails|problems|start)(\/|$))/

// The operations that use the refresh cookie: createToken, refreshToken and revokeToken.
const cookiePaths = /^\/api\/v1\/auth\/token(\/refresh|\/blacklist)?\/?$/

// The headers that the API reads, and the headers that tracing libraries add to every call. The service ignores the
// latter, except for traceparent and X-Request-Id from a trusted proxy. Headers that would change a call (such as
// X-HTTP-Method-Override) are missing, because the service does not honour them.
const allowedHeaders = [
  ...['Authorization', 'Content-Type', 'Accept', 'Accept-Language', 'If-Match', 'Idempotency-Key'],
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace'], // W3C Trace Context and Baggage, Sentry
  ...['b3', 'X-B3-TraceId', 'X-B3-SpanId', 'X-B3-ParentSpanId', 'X-B3-Sampled', 'X-B3-Flags', 'uber-trace-id'], // Zipkin, Jaeger
  ...['x-datadog-trace-id', 'x-datadog-parent-id', 'x-datadog-origin', 'x-datadog-sampling-priority'],
  ...['newrelic', 'elastic-apm-traceparent', 'X-Amzn-Trace-Id', 'X-Cloud-Trace-Context'],
  ...['Request-Id', 'Request-Context', 'X-Request-Id', 'X-Correlation-Id'], // Application Insights, own ids
]

/**
 * Lets scripts of pages from these origins call the API. Origins are compared literally. A request may bring the refresh
 * cookie to the operations that use it, and no cookie to any other URL (security 74; Fetch standard, 3.3). Replies to any
 * other origin have no CORS headers.
 */
export function allowOrigins(origins: readonly string[]): AppMiddleware {
  const allowed = new Set(origins)
  return cors({
    origin: (context) => {
      const origin = context.get('Origin')
      return allowed.has(origin) && !pages.test(context.path) ? origin : ''
    },
    credentials: (context) => cookiePaths.test(context.path),
    allowMethods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: allowedHeaders,
    exposeHeaders: ['ETag', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
    maxAge: 3600,
    keepHeadersOnError: false, // answerProblems, an inner middleware, keeps the headers that were set before an error
  })
}

// A client can send any Origin, so that the log must not grow with each new one.
const maxReported = 20

/**
 * Reports each origin whose scripts call the API without being allowed to, once and up to 20 of them. The reply to such
 * a call explains nothing, because the browser hides it from the script.
 * @param allowed the origins of the service and of CORS_ORIGINS
 */
export function reportOrigins(allowed: ReadonlySet<string>, onUnknown: (origin: string) => void): AppMiddleware {
  const reported = new Set<string>()
  return (context, next) => {
    const origin = context.get('Origin')
    const isKnown = origin === '' || allowed.has(origin) || reported.has(origin) || reported.size >= maxReported
    if (!isKnown && isOrigin(origin) && new URL(origin).host !== context.host) {
      reported.add(origin)
      onUnknown(origin)
    }
    return next()
  }
}

/** Whether a text is an origin as browsers send it. */
function isOrigin(text: string): boolean {
  return text.length <= 300 && URL.canParse(text) && new URL(text).origin === text
}
