import { eraseUser } from '../domain/accounts/erasure.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'

export async function deleteUser({
  input,
  principal,
  request,
  services,
}: OperationContext<'deleteUser'>): Promise<Reply<'deleteUser'>> {
  await eraseUser(services.db, input.path.user_id, asActor(principal, request))
  return { status: 204, rateLimit: undefined } // deleteUser is not limited; deleteMe, which has the same response, is
}
