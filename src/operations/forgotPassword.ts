import { requireAddress } from '../domain/addresses.ts'
import { enqueue } from '../domain/mails.ts'
import type { OperationContext, Reply } from './context.ts'

/** One statement for any address; the mail's worker decides what there is to send. */
export async function forgotPassword({
  input,
  services,
}: OperationContext<'forgotPassword'>): Promise<Reply<'forgotPassword'>> {
  const to = requireAddress(input.body.email)
  services.mailReach.requireDeliverable(to)
  await enqueue(services.db, 'restore', to.address)
  return { status: 200, body: { detail: 'If this address has an account, a recovery link is on its way.' } }
}
