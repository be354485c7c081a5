import { randomUUID } from 'node:crypto'
import { StartError } from '../../src/problems.ts'
import type { Credentials } from '../temporaryService.ts'
import type { Call, Reply } from './call.ts'
import { callGet } from './everyOperation.ts'

type Tokens = { access: string; refresh: string }
type Session = { token: string; origin: string; isSuperuser: boolean }
type Profile = { id: string; email: string; is_superuser: boolean }

/**
 * Signs in with the account.
 * @returns the tokens, or undefined if the reply has none; the results then contain this error
 * @throws StartError if the password is wrong
 */
export async function signIn(call: Call, account: Credentials): Promise<Tokens | undefined> {
  const reply = await call('createToken', 'the account signs in', 200, { body: account })
  const { access, refresh, code } = (reply?.body ?? {}) as Partial<Tokens> & { code?: string }
  if (reply?.status === 401 && code === 'no_active_account')
    throw new StartError(`${account.email} cannot sign in: is the password right, and is the account active?`)
  return typeof access === 'string' && typeof refresh === 'string' ? { access, refresh } : undefined
}

/**
 * Tests the operations of a signed-in user that change nothing.
 * @param url the URL of the deployment, with which all links must begin
 */
export async function testAsUser(call: Call, { access: token, refresh }: Tokens, url: string): Promise<void> {
  const me = await callGet(call, 'getMe', 'the profile', 200, { path: '/api/v1/users/me/', token })
  const profile = (me?.body ?? {}) as Profile
  const session = { token, origin: new URL(url).origin, isSuperuser: profile.is_superuser }
  await call('updateMe', 'no change', 200, { token, body: {} })
  await call('updateMe', 'a member that may not be changed', '400 invalid', { token, body: { is_superuser: true } })
  await testWrongPassword(call, token)
  await testList(call, session, 'listSessions', '/api/v1/auth/sessions/')
  for (const id of [randomUUID(), 'none'])
    await call('revokeSession', 'an unknown session', '404 not_found', { token, path: `/api/v1/auth/sessions/${id}/` })
  await testLog(call, session, 'listLoginLogs', '/api/v1/logs/login/')
  await testLog(call, session, 'listSecurityEvents', '/api/v1/logs/security/')
  await testAdministration(call, session, profile)
  for (const [kind, live] of Object.entries({ access: token, refresh }))
    await call('verifyToken', `a live ${kind} token`, 200, { body: { token: live } })
}

/** Tests the operations that require the current password. */
async function testWrongPassword(call: Call, token: string): Promise<void> {
  const wrong = randomUUID()
  const bodies: Record<string, object> = {
    changePassword: { password: wrong, password_confirm: wrong },
    changeEmail: { email: `${randomUUID()}@example.com` },
    exportMe: {},
    deleteMe: {},
  }
  for (const [operationId, members] of Object.entries(bodies))
    await call(operationId, 'a wrong password', '400 current_password_incorrect', {
      token,
      body: { ...members, current_password: wrong },
    })
}

/**
 * Tests the operations of administrators. If the account is not a superuser, the service must refuse the calls. If it
 * is, the calls concern an unknown user and the account itself.
 */
async function testAdministration(call: Call, session: Session, { id, email }: Profile): Promise<void> {
  const { token, isSuperuser } = session
  const unknownUser = `/api/v1/users/${randomUUID()}/`
  const requests = {
    getUser: { token, path: unknownUser },
    updateUser: { token, path: unknownUser, body: {} },
    deleteUser: { token, path: unknownUser },
    revokeUserSessions: { token, path: `${unknownUser}revoke-sessions/` },
  }
  for (const [operationId, request] of Object.entries(requests))
    if (isSuperuser) await call(operationId, 'an unknown user', '404 not_found', request)
    else await call(operationId, 'without the role', '403 permission_denied', request)
  if (!isSuperuser) {
    await call('listUsers', 'without the role', '403 permission_denied', { token })
    await call('createUser', 'without the role', '403 permission_denied', { token, body: { email } })
    return
  }
  for (const operationId of ['createUser', 'updateUser'])
    await call(operationId, 'an unknown member', '400 invalid', { token, body: { unknown_member: 1 } })
  await testList(call, session, 'listUsers', '/api/v1/users/')
  await call('createUser', 'a taken address', '409 email_taken', { token, body: { email } })
  await callGet(call, 'getUser', 'the account', 200, { token, path: `/api/v1/users/${id}/` })
}

/** Tests a page of a list, the next page, and invalid parameters, which the service must refuse. */
async function testList(call: Call, { token, origin }: Session, operationId: string, path: string): Promise<void> {
  const check = (reply: Reply) => {
    const next = nextOf(reply)
    if (next === undefined || next.startsWith(`${origin}/`)) return []
    return [`next leads to ${next} instead of ${origin}: does TRUSTED_PROXIES name the proxy?`]
  }
  const page = await callGet(call, operationId, 'a page', 200, { token, path: `${path}?page_size=1`, check })
  const next = page && nextOf(page)
  if (next !== undefined && URL.canParse(next)) {
    const { pathname, search } = new URL(next)
    await call(operationId, 'the next page', 200, { token, path: `${pathname}${search}` })
  }
  await testRefusedQueries(call, token, operationId, path, ['page_size=0', 'cursor=altered'])
}

async function testLog(call: Call, session: Session, operationId: string, path: string): Promise<void> {
  const { token, isSuperuser } = session
  await testList(call, session, operationId, path)
  const filters = 'timestamp_after=2000-01-01T00:00:00Z&user_agent=e&ordering=timestamp'
  await call(operationId, 'filters and another order', 200, { token, path: `${path}?${filters}` })
  const refused = ['ordering=email', 'timestamp_after=today', 'ip_address=::::']
  await testRefusedQueries(call, token, operationId, path, refused)
  const expected = isSuperuser ? 200 : '403 permission_denied'
  await call(operationId, "another user's records", expected, { token, path: `${path}?user=${randomUUID()}` })
}

async function testRefusedQueries(call: Call, token: string, operationId: string, path: string, queries: string[]) {
  for (const query of queries) await call(operationId, `?${query}`, '400 invalid', { token, path: `${path}?${query}` })
}

function nextOf({ body }: Reply): string | undefined {
  const { next } = (body ?? {}) as { next?: unknown }
  return typeof next === 'string' ? next : undefined
}

/** Tests refreshing the tokens and signing out. The sign-out ends the session of these tests. */
export async function testSigningOut(call: Call, tokens: Tokens): Promise<void> {
  const reply = await call('refreshToken', 'a live refresh token', 200, { body: { refresh: tokens.refresh } })
  const { access, refresh } = { ...tokens, ...(reply?.body as Partial<Tokens> | undefined) }
  await call('revokeToken', 'signing out', 200, { body: { refresh } })
  await call('getMe', 'after signing out', '401 token_not_valid', { token: access })
  await call('refreshToken', 'after signing out', '401 token_not_valid', { body: { refresh } })
  await call('verifyToken', 'after signing out', '401 token_not_valid', { body: { token: access } })
}
