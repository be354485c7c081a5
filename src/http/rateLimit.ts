import type { RateLimit } from '../problems.ts'

/**
 * Makes the header fields that report the state of a limit, in successes and in errors
 * (draft-ietf-httpapi-ratelimit-headers).
 */
export function rateLimitHeaders(rateLimit: RateLimit | undefined): Record<string, string> {
  if (!rateLimit) return {}
  const { policy, limit, window, remaining, reset } = rateLimit
  return {
    'RateLimit-Policy': `"${policy}";q=${limit};w=${window}`,
    RateLimit: `"${policy}";r=${remaining};t=${reset}`,
  }
}
