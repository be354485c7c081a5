import { randomUUID } from 'node:crypto'
import type { Credentials } from '../temporaryService.ts'
import type { Call, Reply } from './call.ts'
import { callGet } from './everyOperation.ts'
import { readList, testList, type List, type Session } from './lists.ts'
import { loginLog, securityEvents, testLog } from './logs.ts'
import { testSessions } from './sessions.ts'
import { signIn, type Tokens } from './tokens.ts'
import { users } from './users.ts'

const mails: List = { operationId: 'listMails', path: '/api/v1/mails/' }
const suppressedAddresses: List = { operationId: 'listSuppressedAddresses', path: '/api/v1/mails/suppressed/' }
type Profile = { id: string; email: string; is_superuser: boolean; last_login?: string }

/**
 * Tests the operations of a signed-in user. The account is not changed, except that it signs in a second time.
 * @param url the URL of the deployment, with which all links must begin
 */
export async function testAsUser(call: Call, account: Credentials, tokens: Tokens, url: string): Promise<void> {
  const { access: token, refresh } = tokens
  const check = ({ body }: Reply) =>
    (body as Partial<Profile> | undefined)?.last_login ? [] : ['last_login is left out after a sign-in']
  const me = await callGet(call, 'getMe', 'the profile', 200, { path: '/api/v1/users/me/', token, check })
  const profile = (me?.body ?? {}) as Profile
  const session: Session = { token, url, id: profile.id, isSuperuser: profile.is_superuser }
  await call('updateMe', 'no change', 200, { token, body: {} })
  await call('updateMe', 'a member that may not be changed', '400 invalid', { token, body: { is_superuser: true } })
  await testWrongPassword(call, token)
  const second = await signIn(call, account, 'signing in again')
  if (second) await testSessions(call, session, second.access)
  await testLog(call, session, loginLog)
  await testLog(call, session, securityEvents)
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
 * Tests the operations of administrators. If the account is not a superuser, the service must refuse the calls. If
 * the account is a superuser, the calls concern an unknown user and the account itself.
 */
async function testAdministration(call: Call, session: Session, { id, email }: Profile): Promise<void> {
  const { token, isSuperuser } = session
  const unknownUser = `/api/v1/users/${randomUUID()}/`
  const requests = {
    getUser: { token, path: unknownUser },
    updateUser: { token, path: unknownUser, body: {} },
    deleteUser: { token, path: unknownUser },
    revokeUserSessions: { token, path: `${unknownUser}revoke-sessions/` },
    listUserSessions: { token, path: `${unknownUser}sessions/` },
    revokeUserSession: { token, path: `${unknownUser}sessions/${randomUUID()}/` },
    listLockouts: { token, path: `${unknownUser}lockouts/` },
    liftLockouts: { token, path: `${unknownUser}lockouts/lift/` },
    retryMail: { token, path: `${mails.path}${randomUUID()}/retry/` },
    discardMail: { token, path: `${mails.path}${randomUUID()}/discard/` },
  }
  for (const [operationId, request] of Object.entries(requests))
    if (isSuperuser) await call(operationId, 'an unknown id', '404 not_found', request)
    else await call(operationId, 'without the role', '403 permission_denied', request)
  if (!isSuperuser) {
    for (const operationId of [
      'listUsers',
      'listMails',
      'getSignInStatistics',
      'listSuppressedAddresses',
      'listSigningKeys',
      'listLimits',
      'listLockedUsers',
    ])
      await call(operationId, 'without the role', '403 permission_denied', { token })
    for (const operationId of ['createUser', 'unsuppressAddress'])
      await call(operationId, 'without the role', '403 permission_denied', { token, body: { email } })
    return
  }
  for (const operationId of ['createUser', 'updateUser', 'unsuppressAddress'])
    await call(operationId, 'an unknown member', '400 invalid', { token, body: { unknown_member: 1 } })
  await testList(call, session, users)
  await testList(call, session, { operationId: 'listUserSessions', path: `${users.path}${id}/sessions/` })
  for (const list of [mails, suppressedAddresses]) await testList(call, session, list)
  await callGet(call, 'listLockouts', 'the account', 200, { token, path: `${users.path}${id}/lockouts/` })
  await callGet(call, 'listLockedUsers', 'the users', 200, { token, path: '/api/v1/lockouts/' })
  await callGet(call, 'listLimits', 'the limits', 200, { token, path: '/api/v1/limits/' })
  await callGet(call, 'listSigningKeys', 'the keys', 200, { token, path: '/api/v1/keys/' })
  const statistics = { token, path: '/api/v1/logs/statistics/' }
  await callGet(call, 'getSignInStatistics', 'the latest day', 200, statistics)
  for (const [query, expected] of [
    [{ email, is_superuser: 'true' }, 1],
    [{ email, is_superuser: 'false' }, 0],
    [{ email: `${randomUUID()}@example.com` }, 0],
  ] as const)
    await readList(call, token, { ...users, query }, `users by ${Object.keys(query).join(' and ')}`, (found) =>
      found.length === expected && found.every((user) => user.id === id) ? [] : [`${found.length} users found`],
    )
  await call('createUser', 'a taken address', '409 email_taken', { token, body: { email } })
  await callGet(call, 'getUser', 'the account', 200, { token, path: `/api/v1/users/${id}/` })
}
