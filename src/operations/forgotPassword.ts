import { requireEmailAddress } from '../domain/emailAddress.ts'
import { requestMail } from '../domain/mails/requests.ts'
import type { OperationContext, Reply } from './context.ts'

export async function forgotPassword({
  input,
  request,
  services,
}: OperationContext<'forgotPassword'>): Promise<Reply<'forgotPassword'>> {
  const to = requireEmailAddress(input.body.email)
  services.deliverability.requireDeliverable(to)
  const rateLimit = await requestMail(services, 'restore', to.address, request.client)
  return { status: 200, rateLimit, body: { detail: 'If this address has an account, a recovery link is on its way.' } }
}
