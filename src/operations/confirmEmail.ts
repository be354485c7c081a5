import { confirmEmailChange } from '../domain/accounts/emailChanges.ts'
import type { OperationContext, Reply } from './context.ts'

export async function confirmEmail({
  input,
  request,
  services,
}: OperationContext<'confirmEmail'>): Promise<Reply<'confirmEmail'>> {
  const undoUntil = await confirmEmailChange(services.db, input.body.code, request.client)
  if (undoUntil === undefined) return { status: 200, body: { detail: 'The address is changed.' } }
  const detail = 'The address is confirmed. The former address can undo its change until undo_until.'
  return { status: 200, body: { detail, undo_until: undoUntil } }
}
