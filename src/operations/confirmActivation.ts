import { activate } from '../domain/accounts/registrations.ts'
import type { OperationContext, Reply } from './context.ts'
import { activationDetails } from './views.ts'

export async function confirmActivation({
  input,
  services,
}: OperationContext<'confirmActivation'>): Promise<Reply<'confirmActivation'>> {
  return { status: 200, body: activationDetails[await activate(services.db, input.body.code)] }
}
