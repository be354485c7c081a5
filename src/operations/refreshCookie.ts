import { stringifySetCookie } from 'cookie'
import { basePathOf } from '../domain/basePath.ts'
import type { TokenPair, TokenSession } from '../domain/sessions/tokens.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Services } from './context.ts'

type CookieInput = { body: { refresh: string }; cookie: { '__Secure-gatehouse_refresh'?: string } }
type Request = OperationContext<'refreshToken'>['request']
type Config = OperationContext<'refreshToken'>['services']['config']

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

/** Returns the session whose cookie a sign-in replaces, so that the session does not remain without a client. */
export async function readReplacedSession(request: Request, { tokens }: Pick<Services, 'tokens'>) {
  const token = request.unvalidatedCookie(name)
  return token === undefined ? undefined : await tokens.verifyRefreshOrExpired(token)
}

/** Moves the refresh token of a reply from the body to the cookie. */
export function keepInCookie({ access, refresh }: TokenPair, session: TokenSession, config: Config) {
  const headers = { 'Set-Cookie': makeCookie(config, refresh, session.idle_until - session.issued_at) }
  return { headers, body: { access, refresh: '' } }
}

/** Deletes the cookie. */
export function deleteCookie(config: Pick<Config, 'baseUrl'>) {
  return { headers: { 'Set-Cookie': makeCookie(config, '', 0) } }
}

/**
 * Adds the deletion of the cookie to the refusal of its token. A script cannot delete the cookie, and the browser would
 * otherwise send it with each further request.
 */
export function refuseCookie(error: unknown, config: Config): unknown {
  if (!(error instanceof Problem && error.code === 'token_not_valid')) return error
  return new Problem(error.code, { cause: error.cause, ...deleteCookie(config) })
}

/**
 * The path is that of the operations of tokens below the configured base URL. The path of the request may be that of a
 * proxy which does not tell the host that the browser used.
 * @param maxAge in seconds
 */
function makeCookie({ baseUrl }: Pick<Config, 'baseUrl'>, value: string, maxAge: number): string {
  const path = `${basePathOf(baseUrl)}/api/v1/auth/token/`
  return stringifySetCookie({ name, value, path, maxAge, httpOnly: true, secure: true, sameSite: 'strict' })
}
