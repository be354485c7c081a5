import { updateProfile } from '../domain/accounts/users.ts'
import type { OperationContext, Reply } from './context.ts'
import { asUser } from './views.ts'

export async function updateMe({
  input,
  principal,
  services,
}: OperationContext<'updateMe'>): Promise<Reply<'updateMe'>> {
  const { first_name: firstName, last_name: lastName, language } = input.body
  const user = await updateProfile(
    services.db,
    { userId: principal.user.id, sessionId: principal.sessionId },
    { firstName, lastName, language },
  )
  return { status: 200, body: asUser(user) }
}
