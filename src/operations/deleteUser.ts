import { eraseUser } from '../domain/accounts/erasure.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'

export async function deleteUser({
  input,
  principal,
  request,
  services,
}: OperationContext<'deleteUser'>): Promise<Reply<'deleteUser'>> {
  await eraseUser(services.db, input.path.user_id, asActor(principal, request))
  return { status: 204, rateLimit: undefined } // deleteMe shares this response, but only deleteMe is limited
}
