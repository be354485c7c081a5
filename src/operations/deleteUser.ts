import { eraseUser } from '../domain/erasure.ts'
import type { OperationContext, Reply } from './context.ts'

export async function deleteUser({
  input,
  principal,
  services,
}: OperationContext<'deleteUser'>): Promise<Reply<'deleteUser'>> {
  await eraseUser(services.db, input.path.user_id, { actorId: principal.user.id })
  return { status: 204 }
}
