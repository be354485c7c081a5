import { issueTokens } from '../domain/sessions/issueTokens.ts'
import { rotate } from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'
import { keepInCookie, presentedRefreshToken, refuseCookie } from './refreshCookie.ts'

/** Issues a new pair of tokens. Every refresh rotates the refresh token (RFC 9700, 4.14.2). */
export async function refreshToken({
  input,
  request,
  services,
}: OperationContext<'refreshToken'>): Promise<Reply<'refreshToken'>> {
  const { token, inCookie } = presentedRefreshToken(input, request)
  try {
    const presented = await services.tokens.verifyRefresh(token)
    const { rateLimit } = await services.limits.refresh.consume(presented.sessionId)
    const session = await rotate(services.db, presented, services.lifetimes, request.client)
    const tokens = await issueTokens(services, session)
    return { status: 200, rateLimit, ...(inCookie ? keepInCookie(tokens, session, services.config) : { body: tokens }) }
  } catch (error) {
    throw inCookie ? refuseCookie(error, services.config) : error
  }
}
