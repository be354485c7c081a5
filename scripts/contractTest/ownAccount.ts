import { randomUUID } from 'node:crypto'
import type { Credentials } from '../temporaryService.ts'
import type { Call, Reply } from './call.ts'
import { findDifference } from './checks.ts'
import { readList, type Session } from './lists.ts'
import { testThrottling } from './limits.ts'
import { loginLog, securityEvents, testRecords } from './logs.ts'
import { testIfMatch } from './safety.ts'
import { checkRevoked, testSessions } from './sessions.ts'
import { signIn, type Tokens } from './tokens.ts'
import { users } from './users.ts'

type Account = Credentials & { id: string }

/**
 * Tests what users may do with their own accounts. At the end the test deletes the account with deleteMe.
 * @param administrator the superuser who created the account
 * @returns whether the account was deleted
 */
export async function testOwnAccount(call: Call, administrator: Session, account: Account): Promise<boolean> {
  const first = await signIn(call, account, 'a created user')
  const second = await signIn(call, account, 'a created user, again')
  if (!first || !second) return false
  const session = { ...administrator, token: first.access, id: account.id, isSuperuser: false }
  await testProfile(call, session.token)
  await testSignInFailures(call, account)
  await testSessions(call, session, second.access)
  for (const log of [loginLog, securityEvents]) {
    for (const reader of [session, administrator]) await testRecords(call, reader, log, account.id)
    const foreign = { token: session.token, path: `${log.path}?user=${administrator.id}` }
    await call(log.operationId, 'records of another user', '403 permission_denied', foreign)
  }
  await testCreationEvent(call, session, administrator)
  await testThrottling(call, first)
  await testSuspension(call, administrator, account)
  return testPasswords(call, account)
}

/**
 * Tests that the user and superusers see who created the user, and that only superusers see the IP address of this
 * event.
 */
async function testCreationEvent(call: Call, { token, id }: Session, administrator: Session): Promise<void> {
  const list = { ...securityEvents, query: { user: id, type: 'user_created' } }
  for (const [title, reader] of Object.entries({ 'by its user': token, 'by a superuser': administrator.token }))
    await readList(call, reader, list, `the creation, seen ${title}`, ([event]) => [
      ...findDifference(event?.['actor'], administrator.id, 'actor'),
      ...findDifference(event && 'ip_address' in event, reader !== token, 'the presence of ip_address'),
    ])
}

/** Tests that updateMe and getMe return every member that updateMe changes. */
async function testProfile(call: Call, token: string): Promise<void> {
  await testIfMatch(call, 'getMe', 'updateMe', { token })
  let expected = (await call('getMe', 'a created user', 200, { token }))?.body as object
  for (const body of [{ first_name: 'Zoë' }, { last_name: 'Contract' }, { language: 'ru' }]) {
    expected = { ...expected, ...body }
    const check = ({ body: user }: Reply) => findDifference(user, expected, 'the user')
    await call('updateMe', `changing ${Object.keys(body).join()}`, 200, { token, body, check })
    await call('getMe', `after changing ${Object.keys(body).join()}`, 200, { token, check })
  }
}

async function testSignInFailures(call: Call, { email }: Account): Promise<void> {
  for (const title of ['a wrong password', 'a wrong password, again'])
    await call('createToken', title, '401 no_active_account', { body: { email, password: randomUUID() } })
}

/**
 * Tests that the service refuses a user's tokens after the sessions were revoked, and after the user was suspended.
 */
async function testSuspension(call: Call, { token }: Session, account: Account): Promise<void> {
  const path = `${users.path}${account.id}/`
  const before = await signIn(call, account, 'before the sessions are revoked')
  const revoke = { token, path: `${path}revoke-sessions/` }
  await call('revokeUserSessions', 'of a created user', 200, { ...revoke, check: checkRevoked(2) })
  await call('revokeUserSessions', 'a second time', 200, { ...revoke, check: checkRevoked(0) })
  await call('getMe', 'after the sessions were revoked', '401 token_not_valid', { token: before?.access })
  const tokens = await signIn(call, account, 'before the user is suspended')
  await call('listUsers', 'without the role', '403 permission_denied', { token: tokens?.access })
  await call('updateUser', 'suspending the user', 200, { token, path, body: { is_active: false } })
  await call('getMe', 'a suspended user', '401 user_inactive', { token: tokens?.access })
  const body = { email: account.email, password: account.password }
  await call('createToken', 'a suspended user', '401 no_active_account', { body })
  await call('updateUser', 'activating the user', 200, { token, path, body: { is_active: true } })
}

/** Tests the operations that require the current password. */
async function testPasswords(call: Call, account: Account): Promise<boolean> {
  const { email, password: old } = account
  const [own, other] = [await signIn(call, account, 'own session'), await signIn(call, account, 'other session')]
  if (!own || !other) return false
  const token = own.access
  const password = randomUUID()
  const change = { current_password: old, password, password_confirm: password }
  await call('changePassword', 'the right password', 200, { token, body: change })
  await call('getMe', 'after the password was changed', 200, { token })
  await call('getMe', 'another session, after the password was changed', '401 token_not_valid', { token: other.access })
  await call('createToken', 'the former password', '401 no_active_account', { body: { email, password: old } })
  await testRevokingAll(call, token, { email, password })
  const last = await signIn(call, { email, password }, 'the new password')
  if (!last) return false
  const body = { current_password: password }
  await call('exportMe', 'the right password', 200, { token: last.access, body, check: checkExport(email) })
  const reply = await call('deleteMe', 'the right password', 204, { token: last.access, body })
  await call('getMe', 'a deleted user', '401 user_not_found', { token: last.access })
  await call('createToken', 'a deleted user', '401 no_active_account', { body: { email, password } })
  return reply?.status === 204
}

async function testRevokingAll(call: Call, token: string, account: Credentials): Promise<void> {
  const other: Tokens | undefined = await signIn(call, account, 'a session that is revoked')
  const revoke = (title: string, keep: boolean, count: number) =>
    call('revokeSessions', title, 200, { token, body: { keep_current: keep }, check: checkRevoked(count) })
  await revoke('all others', true, 1)
  await call('getMe', 'a session that was revoked with others', '401 token_not_valid', { token: other?.access })
  await call('getMe', 'the session that was kept', 200, { token })
  await revoke('all', false, 1)
  await call('getMe', 'after all sessions were revoked', '401 token_not_valid', { token })
}

function checkExport(email: string): (reply: Reply) => string[] {
  return ({ body }) => {
    const { user, login_logs: records } = (body ?? {}) as { user?: { email?: unknown }; login_logs?: unknown[] }
    return [
      ...findDifference(user?.email, email, 'the exported address'),
      ...(records?.length ? [] : ['the export has no sign-in']),
    ]
  }
}
