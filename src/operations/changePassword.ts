import * as passwordChange from '../domain/accounts/passwordChange.ts'
import { checkNewPassword } from '../domain/passwords/rules.ts'
import type { OperationContext, Reply } from './context.ts'

export async function changePassword({
  input,
  principal,
  request,
  services,
}: OperationContext<'changePassword'>): Promise<Reply<'changePassword'>> {
  const { current_password: current, password } = input.body
  checkNewPassword(input.body, principal.user.email, services.passwordRules)
  const rateLimit = await passwordChange.changePassword(services, { current, password }, principal, request)
  return { status: 200, rateLimit, body: { detail: 'The password is changed. Your other sessions have ended.' } }
}
