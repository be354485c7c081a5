import * as administration from '../domain/accounts/administration.ts'
import { requireMatch } from '../domain/entityTags.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'
import { asAdminUser, replyWithTag } from './views.ts'

export async function updateUser({
  input,
  principal,
  request,
  services,
}: OperationContext<'updateUser'>): Promise<Reply<'updateUser'>> {
  const user = await administration.updateUser(
    services.db,
    input.path.user_id,
    input.body,
    asActor(principal, request),
    (before) => {
      requireMatch(input.header['If-Match'], asAdminUser(before))
    },
  )
  return replyWithTag(asAdminUser(user))
}
