import * as mailActions from '../domain/accounts/mailActions.ts'
import { requireEmailAddress } from '../domain/emailAddress.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'

export async function unsuppressAddress({
  input,
  principal,
  request,
  services,
}: OperationContext<'unsuppressAddress'>): Promise<Reply<'unsuppressAddress'>> {
  const { address } = requireEmailAddress(input.body.email)
  await mailActions.unsuppressAddress(services.db, address, asActor(principal, request))
  return { status: 204 }
}
