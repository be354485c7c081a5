import * as recovery from '../domain/accounts/recovery.ts'
import type { OperationContext, Reply } from './context.ts'

export async function restorePassword({
  input,
  request,
  services,
}: OperationContext<'restorePassword'>): Promise<Reply<'restorePassword'>> {
  const { code, ...given } = input.body
  await recovery.restorePassword(services, code, given, request)
  return { status: 200, body: { detail: 'The new password is set. Sign in with it.' } }
}
