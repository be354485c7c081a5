import * as emailChanges from '../domain/accounts/emailChanges.ts'
import type { OperationContext, Reply } from './context.ts'

export async function undoEmailChange({
  input,
  request,
  services,
}: OperationContext<'undoEmailChange'>): Promise<Reply<'undoEmailChange'>> {
  await emailChanges.undoEmailChange(services.db, input.body.code, request.client)
  return { status: 200, body: { detail: 'The old address is back. Check its mail to set a new password.' } }
}
