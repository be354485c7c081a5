import * as sessions from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'

export async function revokeSession({
  input,
  principal,
  request,
  services,
}: OperationContext<'revokeSession'>): Promise<Reply<'revokeSession'>> {
  await sessions.revokeSession(services.db, principal.user.id, input.path.session_id, request.client)
  return { status: 204 }
}
