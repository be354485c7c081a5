import { eraseUser } from '../domain/accounts/erasure.ts'
import { requireCurrentPassword } from '../domain/accounts/reauthentication.ts'
import type { OperationContext, Reply } from './context.ts'

export async function deleteMe({
  input,
  principal,
  request,
  services,
}: OperationContext<'deleteMe'>): Promise<Reply<'deleteMe'>> {
  const { user } = principal
  const verifiedHash = await requireCurrentPassword(services, user, input.body.current_password, request)
  await eraseUser(services.db, user.id, { verifiedHash, sessionId: principal.sessionId })
  return { status: 204 }
}
