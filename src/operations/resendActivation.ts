import { requireAddress } from '../domain/addresses.ts'
import { requestMail } from '../domain/mailRequests.ts'
import type { OperationContext, Reply } from './context.ts'

export async function resendActivation({
  input,
  request,
  services,
}: OperationContext<'resendActivation'>): Promise<Reply<'resendActivation'>> {
  await requestMail(services, 'activation', requireAddress(input.body.email).address, request)
  return { status: 200, body: { detail: 'If this address waits for activation, a new link is on its way.' } }
}
