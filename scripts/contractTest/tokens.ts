import { StartError } from '../../src/problems.ts'
import type { Credentials } from '../temporaryService.ts'
import type { Call } from './call.ts'

export type Tokens = { access: string; refresh: string }

/**
 * Signs in with the account.
 * @returns the tokens, or undefined if the reply has none; the results then contain this error
 * @throws StartError if the password is wrong
 */
export async function signIn(
  call: Call,
  { email, password }: Credentials,
  title = 'signing in',
): Promise<Tokens | undefined> {
  const reply = await call('createToken', title, 200, { body: { email, password } })
  const { access, refresh, code } = (reply?.body ?? {}) as Partial<Tokens> & { code?: string }
  if (reply?.status === 401 && code === 'no_active_account')
    throw new StartError(`${email} cannot sign in: is the password right, and is the account active?`)
  return typeof access === 'string' && typeof refresh === 'string' ? { access, refresh } : undefined
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
