import { requireAddress } from '../domain/addresses.ts'
import { requestMail } from '../domain/mailRequests.ts'
import type { OperationContext, Reply } from './context.ts'

export async function forgotPassword({
  input,
  request,
  services,
}: OperationContext<'forgotPassword'>): Promise<Reply<'forgotPassword'>> {
  await requestMail(services, 'restore', requireAddress(input.body.email).address, request)
  return { status: 200, body: { detail: 'If this address has an account, a recovery link is on its way.' } }
}
