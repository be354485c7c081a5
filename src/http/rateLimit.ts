import type { RateLimit } from '../problems.ts'

/** Writes the header fields of a limit, for success and for errors (draft-ietf-httpapi-ratelimit-headers). */
export function rateLimitHeaders(rateLimit: RateLimit | undefined): Record<string, string> {
  if (!rateLimit) return {}
  const { policy, limit, window, remaining, reset } = rateLimit
  return {
    'RateLimit-Policy': `"${policy}";q=${limit};w=${window}`,
    RateLimit: `"${policy}";r=${remaining};t=${reset}`,
  }
}
