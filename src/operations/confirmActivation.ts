import { activate } from '../domain/registrations.ts'
import type { OperationContext, Reply } from './context.ts'

export const activationDetail = {
  activated: 'The account is active.',
  already_active: 'The account is already active.',
}

export async function confirmActivation({
  input,
  services,
}: OperationContext<'confirmActivation'>): Promise<Reply<'confirmActivation'>> {
  const outcome = await activate(services.db, input.body.code)
  return { status: 200, body: { detail: activationDetail[outcome] } }
}
