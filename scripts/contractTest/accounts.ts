import { randomBytes } from 'node:crypto'
import { StartError } from '../../src/problems.ts'
import type { Credentials } from '../temporaryService.ts'
import type { Call, Reply } from './call.ts'
import { findDifference } from './checks.ts'
import { callGet } from './everyOperation.ts'
import type { Session } from './lists.ts'
import { testOwnAccount } from './ownAccount.ts'
import { testIdempotencyKey, testIfMatch } from './safety.ts'
import { signIn } from './tokens.ts'
import { testUserList, users, type AdminUser } from './users.ts'

/**
 * Tests the operations that change accounts. The test creates its own accounts and deletes them at the end. Their
 * email addresses are in example.com, which accepts no mail. The deployment sends four notices: of a changed password
 * and of three deletions. The deployment sends no invitation, because the only user without a password is suspended.
 * @throws StartError if the account is not a superuser
 */
export async function testAccounts(call: Call, account: Credentials, url: string): Promise<void> {
  const tokens = await signIn(call, account, 'to create accounts')
  if (!tokens) return
  const token = tokens.access
  const me = await call('getMe', 'the superuser', 200, { token })
  const { id = '', is_superuser: isSuperuser } = (me?.body ?? {}) as { id?: string; is_superuser?: boolean }
  if (!isSuperuser) throw new StartError(`${account.email} is not a superuser: --write needs one.`)
  await testCreatedAccounts(call, { token, url, id, isSuperuser })
  await call('revokeToken', 'after all accounts were deleted', 200, { body: { refresh: tokens.refresh } })
}

async function testCreatedAccounts(call: Call, session: Session): Promise<void> {
  const marker = randomBytes(6).toString('hex')
  const created: AdminUser[] = []
  const create = async (title: string, body: Record<string, unknown>) => {
    const { password: _, ...members } = body
    const check = (reply: Reply) => findMemberDifferences(reply, { ...defaults, ...members })
    const request = { token: session.token, body, headers: { 'Idempotency-Key': `"${marker}-${created.length}"` } }
    const reply = await call('createUser', title, 201, { ...request, check })
    const user = (reply?.body ?? {}) as Partial<AdminUser>
    if (typeof user.id === 'string') created.push(user as AdminUser)
    await testIdempotencyKey(call, request, reply)
    return user.id
  }
  const password = randomBytes(16).toString('base64url')
  const own = { email: `Contract-test-b-${marker}@example.com`, password }
  try {
    const id = await create('with a password', own)
    const names = { first_name: 'Contract', last_name: 'Test', language: 'ru', is_active: true, is_superuser: false }
    const other = await create('with every member', {
      ...own,
      email: `contract-test-c-${marker}@example.com`,
      ...names,
    })
    const email = `contract-test-a-${marker}@example.com`
    await create('who is suspended and has no password', { email, is_active: false })
    const taken = own.email.toUpperCase()
    await call('createUser', 'a taken address in capitals', '409 email_taken', {
      token: session.token,
      body: { email: taken },
    })
    if (id === undefined || other === undefined) return
    await testUserList(call, session, marker, created)
    await testChanges(call, session, other)
    if (await testOwnAccount(call, session, { id, ...own })) created.splice(0, 1)
  } finally {
    for (const { id } of created) await testDeletion(call, session, id)
  }
}

const defaults = {
  first_name: '',
  last_name: '',
  language: 'en',
  is_active: true,
  is_superuser: false,
  email_confirmed: false,
  email_suppressed: false,
  last_login: undefined,
}

function findMemberDifferences({ body }: Reply, expected: Record<string, unknown>): string[] {
  const given = (body ?? {}) as Record<string, unknown>
  return Object.entries(expected).flatMap(([name, value]) => findDifference(given[name], value, `member ${name}`))
}

/** Tests that updateUser changes the given member and no other, and that updateUser and getUser return the change. */
async function testChanges(call: Call, { token }: Session, id: string): Promise<void> {
  const path = `${users.path}${id}/`
  const changes = [{ first_name: 'Анна' }, { last_name: '' }, { language: 'en' }, { is_superuser: true }]
  const back = [{ is_superuser: false }, { is_active: false }, { is_active: true }, {}]
  await testIfMatch(call, 'getUser', 'updateUser', { token, path })
  let expected = (await callGet(call, 'getUser', 'a created user', 200, { token, path }))?.body as object
  for (const body of [...changes, ...back]) {
    expected = { ...expected, ...body }
    const [change = 'nothing'] = Object.entries(body).map(([name, value]) => `${name} to ${JSON.stringify(value)}`)
    const check = ({ body: user }: Reply) => findDifference(user, expected, 'the user')
    await call('updateUser', `changing ${change}`, 200, { token, path, body, check })
    await call('getUser', `after changing ${change}`, 200, { token, path, check })
  }
}

async function testDeletion(call: Call, { token }: Session, id: string): Promise<void> {
  const path = `${users.path}${id}/`
  await call('deleteUser', 'a created user', 204, { token, path })
  await call('deleteUser', 'a deleted user', '404 not_found', { token, path })
  await call('getUser', 'a deleted user', '404 not_found', { token, path })
  await call('revokeUserSessions', 'a deleted user', '404 not_found', { token, path: `${path}revoke-sessions/` })
  await call('listUserSessions', 'a deleted user', '404 not_found', { token, path: `${path}sessions/` })
}
