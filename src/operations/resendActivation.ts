import { requireAddress } from '../domain/addresses.ts'
import { enqueue } from '../domain/mails.ts'
import type { OperationContext, Reply } from './context.ts'

/** One statement for any address; the mail's worker decides what there is to send. */
export async function resendActivation({
  input,
  services,
}: OperationContext<'resendActivation'>): Promise<Reply<'resendActivation'>> {
  const to = requireAddress(input.body.email)
  services.mailReach.requireDeliverable(to)
  await enqueue(services.db, 'activation', to.address)
  return { status: 200, body: { detail: 'If this address waits for activation, a new link is on its way.' } }
}
