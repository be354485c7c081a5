import * as sessions from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'

export async function revokeSessions({
  input,
  principal,
  request,
  services,
}: OperationContext<'revokeSessions'>): Promise<Reply<'revokeSessions'>> {
  const which = { userId: principal.user.id, keptId: input.body.keep_current ? principal.sessionId : null }
  const revoked = await sessions.revokeSessions(services.db, which, request.client)
  return { status: 200, body: { revoked } }
}
