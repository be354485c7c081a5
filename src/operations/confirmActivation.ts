import { activate } from '../domain/accounts/registrations.ts'
import type { OperationContext, Reply } from './context.ts'

export const activationAnswers = {
  activated: { detail: 'The account is active.' },
  already_active: { detail: 'The account is already active.' },
  superseded: {
    detail: 'The account is already active. If you did not choose its password yourself, recover it.',
    superseded: true,
  },
}

export async function confirmActivation({
  input,
  services,
}: OperationContext<'confirmActivation'>): Promise<Reply<'confirmActivation'>> {
  return { status: 200, body: activationAnswers[await activate(services.db, input.body.code)] }
}
