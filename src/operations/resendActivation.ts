import { requireEmailAddress } from '../domain/emailAddress.ts'
import { requestMail } from '../domain/mails/requests.ts'
import type { OperationContext, Reply } from './context.ts'

export async function resendActivation({
  input,
  request,
  services,
}: OperationContext<'resendActivation'>): Promise<Reply<'resendActivation'>> {
  const to = requireEmailAddress(input.body.email)
  services.deliverability.requireDeliverable(to)
  const rateLimit = await requestMail(services, 'activation', to.address, request.client)
  return { status: 200, rateLimit, body: { detail: 'If this address waits for activation, a new link is on its way.' } }
}
