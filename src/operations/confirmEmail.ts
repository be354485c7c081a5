import { confirmEmailChange } from '../domain/emailChanges.ts'
import type { OperationContext, Reply } from './context.ts'

export async function confirmEmail({
  input,
  request,
  services,
}: OperationContext<'confirmEmail'>): Promise<Reply<'confirmEmail'>> {
  await confirmEmailChange(services.db, input.body.code, request.client)
  return { status: 200, body: { detail: 'The address is changed.' } }
}
