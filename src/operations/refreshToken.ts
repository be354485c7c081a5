import { exchangeDjangoToken, isDjangoToken } from '../domain/sessions/djangoTokens.ts'
import { issueTokens } from '../domain/sessions/issueTokens.ts'
import { rotate } from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'
import { keepInCookie, presentedRefreshToken, refuseCookie } from './refreshCookie.ts'

type Context = OperationContext<'refreshToken'>

/** Issues a new pair of tokens. Every refresh rotates the refresh token (RFC 9700, 4.14.2). */
export async function refreshToken({ input, request, services }: Context): Promise<Reply<'refreshToken'>> {
  const { token, inCookie } = presentedRefreshToken(input, request)
  try {
    const { session, rateLimit } = await renewSession(services, token, request)
    const tokens = await issueTokens(services, session)
    return { status: 200, rateLimit, ...(inCookie ? keepInCookie(tokens, session, services.config) : { body: tokens }) }
  } catch (error) {
    throw inCookie ? refuseCookie(error, services.config) : error
  }
}

async function renewSession(services: Context['services'], token: string, { client }: Context['request']) {
  const signingKey = services.config.djangoSigningKey
  if (signingKey !== undefined && isDjangoToken(token))
    return exchangeDjangoToken(services, { token, signingKey }, client)
  const presented = await services.tokens.verifyRefresh(token)
  const { rateLimit } = await services.limits.refresh.consume(presented.sessionId)
  return { session: await rotate(services.db, presented, services.lifetimes, client), rateLimit }
}
