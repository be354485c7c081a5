import { updateProfile } from '../domain/accounts/users.ts'
import { requireMatch } from '../domain/entityTags.ts'
import type { OperationContext, Reply } from './context.ts'
import { asUser, replyWithTag } from './views.ts'

export async function updateMe({
  input,
  principal,
  services,
}: OperationContext<'updateMe'>): Promise<Reply<'updateMe'>> {
  const user = await updateProfile(
    services.db,
    { userId: principal.user.id, sessionId: principal.sessionId },
    input.body,
    (before) => {
      requireMatch(input.header['If-Match'], asUser(before))
    },
  )
  return replyWithTag(asUser(user))
}
