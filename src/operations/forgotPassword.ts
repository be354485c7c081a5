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
  await requestMail(services, 'restore', to.address, request)
  return { status: 200, body: { detail: 'If this address has an account, a recovery link is on its way.' } }
}
