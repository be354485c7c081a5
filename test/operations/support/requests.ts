import { password, type Answer, type TestService } from '../../support/service.ts'

type Headers = Record<string, string>

export function signIn(service: TestService, email: string, word = password, headers: Headers = {}): Promise<Answer> {
  return service.call('createToken', { body: { email, password: word }, headers })
}

/** Exchanges a refresh token for a new pair. */
export function refreshPair(service: TestService, token: unknown, headers: Headers = {}): Promise<Answer> {
  return service.call('refreshToken', { body: { refresh: token }, headers })
}

export function getMe(service: TestService, token: string): Promise<Answer> {
  return service.call('getMe', { token })
}

/** Sets a password by a mailed code. */
export function restore(service: TestService, code: string, word = password, headers: Headers = {}): Promise<Answer> {
  return service.call('restorePassword', { body: { code, password: word, password_confirm: word }, headers })
}

export function activate(service: TestService, code: string): Promise<Answer> {
  return service.call('confirmActivation', { body: { code } })
}

export function forgot(service: TestService, email: string): Promise<Answer> {
  return service.call('forgotPassword', { body: { email } })
}

export function register(
  service: TestService,
  email: string,
  more: Record<string, unknown> = {},
  headers: Headers = {},
): Promise<Answer> {
  return service.call('registerUser', { body: { email, password, password_confirm: password, ...more }, headers })
}

/** Signs in. @returns the status alone */
export async function statusOfSignIn(
  service: TestService,
  email: string,
  word = password,
  headers: Headers = {},
): Promise<number> {
  return (await signIn(service, email, word, headers)).status
}

export function resend(service: TestService, email: string): Promise<Answer> {
  return service.call('resendActivation', { body: { email } })
}
