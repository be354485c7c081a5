import { signOut } from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'
import { deleteCookie, presentedRefreshToken } from './refreshCookie.ts'

/**
 * Ends the session of a refresh token (RFC 7009). The reply is the same for any string, so that it does not reveal
 * whether the string is a token.
 */
export async function revokeToken({
  input,
  request,
  services,
}: OperationContext<'revokeToken'>): Promise<Reply<'revokeToken'>> {
  const { token, inCookie } = presentedRefreshToken(input, request)
  const presented = await services.tokens.verifyRefreshOrExpired(token)
  if (presented) await signOut(services.db, presented)
  return { status: 200, body: {}, ...(inCookie && deleteCookie(services.config)) }
}
