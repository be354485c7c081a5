import { eraseUser } from '../domain/erasure.ts'
import { requireCurrentPassword } from '../domain/reauthentication.ts'
import type { OperationContext, Reply } from './context.ts'

export async function deleteMe({
  input,
  principal,
  services,
}: OperationContext<'deleteMe'>): Promise<Reply<'deleteMe'>> {
  const { db, passwords } = services
  const { id } = principal.user
  const verifiedHash = await requireCurrentPassword(db, passwords, id, input.body.current_password)
  await eraseUser(db, id, { verifiedHash })
  return { status: 204 }
}
