import { revokeSessionsOfUser } from '../domain/accounts/administration.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'

export async function revokeUserSessions({
  input,
  principal,
  request,
  services,
}: OperationContext<'revokeUserSessions'>): Promise<Reply<'revokeUserSessions'>> {
  const actor = asActor(principal, request)
  return { status: 200, body: { revoked: await revokeSessionsOfUser(services.db, input.path.user_id, actor) } }
}
