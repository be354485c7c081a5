import { stringifySetCookie } from 'cookie'
import type { TokenPair, TokenSession } from '../domain/sessions/tokens.ts'
import { Problem } from '../problems.ts'
import type { OperationContext } from './context.ts'

type CookieInput = { body: { refresh: string }; cookie: { '__Secure-gatehouse_refresh'?: string } }
type Request = OperationContext<'refreshToken'>['request']

// The prefix makes browsers refuse a cookie of this name that was set over plain HTTP (RFC 6265bis, 4.1.3.1).
const name = '__Secure-gatehouse_refresh'

/**
 * Returns the refresh token of a request, from its body or, if that is empty, from the cookie.
 * @throws Problem invalid if the request has neither; origin_not_allowed
 */
export function presentedRefreshToken({ body, cookie }: CookieInput, request: Request) {
  if (body.refresh !== '') return { token: body.refresh, inCookie: false }
  const token = cookie[name]
  if (!token)
    throw new Problem('invalid', {
      errors: [{ pointer: '/refresh', code: 'min_length', detail: 'At least 1 characters.' }],
    })
  requireAllowedOrigin(request)
  return { token, inCookie: true }
}

/**
 * Refuses a request from a page of another site. Without this check, another site could use the cookie to act for the
 * user, or make the browser keep the cookie of another user.
 * @throws Problem origin_not_allowed
 */
export function requireAllowedOrigin({ isFromAllowedOrigin }: Request): void {
  if (!isFromAllowedOrigin) throw new Problem('origin_not_allowed')
}

/** Moves the refresh token of a reply from the body to the cookie. */
export function keepInCookie({ access, refresh }: TokenPair, session: TokenSession, request: Request) {
  const headers = { 'Set-Cookie': cookie(request, refresh, session.idle_until - session.issued_at) }
  return { headers, body: { access, refresh: '' } }
}

/** Deletes the cookie. */
export function deleteCookie(request: Request) {
  return { headers: { 'Set-Cookie': cookie(request, '', 0) } }
}

/** @param maxAge in seconds */
function cookie({ url }: Request, value: string, maxAge: number): string {
  const path = url.pathname.replace(/\/token(\/.*)?$/, '/token/') // all operations of tokens, below the base path
  return stringifySetCookie({ name, value, path, maxAge, httpOnly: true, secure: true, sameSite: 'strict' })
}
