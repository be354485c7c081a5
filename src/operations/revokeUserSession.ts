import { revokeSessionOfUser } from '../domain/accounts/administration.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'

export async function revokeUserSession({
  input,
  principal,
  request,
  services,
}: OperationContext<'revokeUserSession'>): Promise<Reply<'revokeUserSession'>> {
  const { user_id: userId, session_id: sessionId } = input.path
  await revokeSessionOfUser(services.db, { userId, sessionId }, asActor(principal, request))
  return { status: 204 }
}
