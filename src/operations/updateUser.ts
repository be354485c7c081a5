import * as administration from '../domain/accounts/administration.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'
import { asAdminUser } from './views.ts'

export async function updateUser({
  input,
  principal,
  request,
  services,
}: OperationContext<'updateUser'>): Promise<Reply<'updateUser'>> {
  const { first_name: firstName, last_name: lastName, language } = input.body
  const { is_active: isActive, is_superuser: isSuperuser } = input.body
  const user = await administration.updateUser(
    services.db,
    input.path.user_id,
    { firstName, lastName, language, isActive, isSuperuser },
    asActor(principal, request),
  )
  return { status: 200, body: asAdminUser(user) }
}
