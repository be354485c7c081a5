import { randomUUID } from 'node:crypto'
import { StartError } from '../../src/problems.ts'
import { askGet } from './general.ts'
import type { Ask, Seen } from './probe.ts'

export type Account = { email: string; password: string }
type Profile = { id: string; email: string }
export type Tokens = { access: string; refresh: string }

/** Signs in with the account. @returns undefined when no tokens came, which is reported. @throws StartError for a wrong password */
export async function signIn(ask: Ask, account: Account): Promise<Tokens | undefined> {
  const seen = await ask({ operationId: 'createToken', what: 'the account signs in', body: account, status: 200 })
  const { access, refresh, code } = (seen?.body ?? {}) as Partial<Tokens> & { code?: string }
  if (seen?.status === 401 && code === 'no_active_account')
    throw new StartError(`${account.email} cannot sign in: is the password right, and is the account active?`)
  return typeof access === 'string' && typeof refresh === 'string' ? { access, refresh } : undefined
}

/** What a signed-in user may do without changing anything. @param url of the deployment, which links must lead to */
export async function askAsUser(ask: Ask, { access: token, refresh }: Tokens, url: string): Promise<void> {
  const path = '/api/v1/users/me/'
  const me = await askGet(ask, { operationId: 'getMe', what: 'the profile', path, token, status: 200 })
  const { is_superuser: isSuperuser } = (me?.body ?? {}) as { is_superuser?: boolean }
  await ask({ operationId: 'updateMe', what: 'a change of nothing', token, body: {}, status: 200 })
  const change = { token, body: { is_superuser: true }, status: 400, code: 'invalid' }
  await ask({ operationId: 'updateMe', what: 'a member that may not be changed', ...change })
  const as = { token, url, isSuperuser: isSuperuser === true }
  await askReauthenticated(ask, token)
  await askList(ask, as, { operationId: 'listSessions', path: '/api/v1/auth/sessions/' })
  for (const id of [randomUUID(), 'none'])
    await ask({
      operationId: 'revokeSession',
      what: 'a session of nobody',
      path: `/api/v1/auth/sessions/${id}/`,
      token,
      ...unknown,
    })
  await askLog(ask, as, { operationId: 'listLoginLogs', path: '/api/v1/logs/login/' })
  await askLog(ask, as, { operationId: 'listSecurityEvents', path: '/api/v1/logs/security/' })
  await askAdministration(ask, as, me?.body as Profile)
  for (const [kind, live] of [['access', token] as const, ['refresh', refresh] as const])
    await ask({ operationId: 'verifyToken', what: `a live ${kind} token`, body: { token: live }, status: 200 })
}

const unknown = { status: 404, code: 'not_found' }

type As = { token: string; url: string; isSuperuser: boolean }

/** What asks for the current password once more. */
async function askReauthenticated(ask: Ask, token: string): Promise<void> {
  const word = randomUUID()
  const more: Record<string, object> = {
    changePassword: { password: word, password_confirm: word },
    changeEmail: { email: `${randomUUID()}@example.com` },
    exportMe: {},
    deleteMe: {},
  }
  const refused = { token, status: 400, code: 'current_password_incorrect' }
  for (const [operationId, members] of Object.entries(more))
    await ask({ operationId, what: 'a wrong password', ...refused, body: { ...members, current_password: word } })
}

/** Refused to whom is no superuser; to superusers, about users that are not there, and about the account itself. */
async function askAdministration(ask: Ask, { token, url, isSuperuser }: As, { id, email }: Profile): Promise<void> {
  const denied = { token, what: 'without the right to', status: 403, code: 'permission_denied' }
  const missing = { token, what: 'a user who is not there', ...unknown }
  const bodies: Record<string, object | undefined> = { getUser: undefined, updateUser: {}, deleteUser: undefined }
  for (const [operationId, body] of Object.entries({ ...bodies, revokeUserSessions: undefined }))
    await ask({ operationId, path: pathOf(operationId), body, ...(isSuperuser ? missing : denied) })
  if (!isSuperuser) {
    await ask({ operationId: 'listUsers', ...denied })
    await ask({ operationId: 'createUser', body: { email }, ...denied })
    return
  }
  const invalid = { what: 'an unknown member', token, body: { unknown_member: 1 }, status: 400, code: 'invalid' }
  for (const operationId of ['createUser', 'updateUser']) await ask({ operationId, ...invalid })
  await askList(ask, { token, url, isSuperuser }, { operationId: 'listUsers', path: '/api/v1/users/' })
  await ask({
    operationId: 'createUser',
    what: 'a taken address',
    token,
    body: { email },
    status: 409,
    code: 'email_taken',
  })
  await askGet(ask, { operationId: 'getUser', what: 'the account', path: `/api/v1/users/${id}/`, token, status: 200 })
}

function pathOf(operationId: string): string {
  return `/api/v1/users/${randomUUID()}/${operationId === 'revokeUserSessions' ? 'revoke-sessions/' : ''}`
}

type List = { operationId: string; path: string }

/** A page, the next one, and parameters that every list refuses. */
async function askList(ask: Ask, { token, url }: As, { operationId, path }: List): Promise<void> {
  const also = (seen: Seen) => {
    const next = nextOf(seen)
    const { origin } = new URL(url)
    return next === undefined || next.startsWith(`${origin}/`)
      ? []
      : [`next leads to ${next} instead of ${origin}: does TRUSTED_PROXIES name the proxy?`]
  }
  const page = await askGet(ask, { operationId, what: 'a page', token, path: `${path}?page_size=1`, status: 200, also })
  const next = page && nextOf(page)
  if (next !== undefined && URL.canParse(next)) {
    const { pathname, search } = new URL(next)
    await ask({ operationId, what: 'the next page', token, path: `${pathname}${search}`, status: 200 })
  }
  for (const query of ['page_size=0', 'cursor=altered'])
    await ask({ operationId, what: `?${query}`, token, path: `${path}?${query}`, status: 400, code: 'invalid' })
}

async function askLog(ask: Ask, as: As, { operationId, path }: List): Promise<void> {
  const { token, isSuperuser } = as
  await askList(ask, as, { operationId, path })
  const filters = 'timestamp_after=2000-01-01T00:00:00Z&user_agent=e&ordering=timestamp'
  await ask({ operationId, what: 'filters and another order', token, path: `${path}?${filters}`, status: 200 })
  for (const query of ['ordering=email', 'timestamp_after=today', 'ip_address=::::'])
    await ask({ operationId, what: `?${query}`, token, path: `${path}?${query}`, status: 400, code: 'invalid' })
  const denied = isSuperuser ? { status: 200 } : { status: 403, code: 'permission_denied' }
  await ask({ operationId, what: "somebody else's records", token, path: `${path}?user=${randomUUID()}`, ...denied })
}

function nextOf({ body }: Seen): string | undefined {
  const { next } = (body ?? {}) as { next?: unknown }
  return typeof next === 'string' ? next : undefined
}

/** Renews the tokens and signs out: the session of this test is over then. */
export async function askForTheEnd(ask: Ask, tokens: Tokens): Promise<void> {
  const renewed = { operationId: 'refreshToken', what: 'a live refresh token', body: { refresh: tokens.refresh } }
  const seen = await ask({ ...renewed, status: 200 })
  const { access = tokens.access, refresh = tokens.refresh } = (seen?.body ?? {}) as Partial<Tokens>
  await ask({ operationId: 'revokeToken', what: 'signing out', body: { refresh }, status: 200 })
  const over = { status: 401, code: 'token_not_valid' }
  await ask({ operationId: 'getMe', what: 'after signing out', token: access, ...over })
  await ask({ operationId: 'refreshToken', what: 'after signing out', body: { refresh }, ...over })
  await ask({ operationId: 'verifyToken', what: 'after signing out', body: { token: access }, ...over })
}
