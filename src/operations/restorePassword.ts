import { checkNewPassword } from '../domain/passwords.ts'
import * as recovery from '../domain/recovery.ts'
import type { OperationContext, Reply } from './context.ts'

export async function restorePassword({
  input,
  request,
  services,
}: OperationContext<'restorePassword'>): Promise<Reply<'restorePassword'>> {
  checkNewPassword(input.body, services.config.passwordMinLength)
  await recovery.restorePassword(services, input.body.code, input.body.password, request.client)
  return { status: 200, body: { detail: 'The new password is set. Sign in with it.' } }
}
