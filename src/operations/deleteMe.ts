import { eraseUser } from '../domain/accounts/erasure.ts'
import { requireCurrentPassword } from '../domain/accounts/reauthentication.ts'
import type { OperationContext, Reply } from './context.ts'

export async function deleteMe({
  input,
  principal,
  request,
  services,
}: OperationContext<'deleteMe'>): Promise<Reply<'deleteMe'>> {
  const { user, sessionId } = principal
  const { current_password: password } = input.body
  const { verifiedHash, rateLimit } = await requireCurrentPassword(services, password, user, request)
  await eraseUser(services.db, user.id, { verifiedHash, sessionId })
  return { status: 204, rateLimit }
}
