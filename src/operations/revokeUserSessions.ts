import { revokeSessionsOf } from '../domain/administration.ts'
import type { OperationContext, Reply } from './context.ts'

export async function revokeUserSessions({
  input,
  principal,
  request,
  services,
}: OperationContext<'revokeUserSessions'>): Promise<Reply<'revokeUserSessions'>> {
  const by = { actorId: principal.user.id, client: request.client }
  return { status: 200, body: { revoked: await revokeSessionsOf(services.db, input.path.user_id, by) } }
}
