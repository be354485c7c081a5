import { requireUser } from '../domain/accounts/users.ts'
import type { OperationContext, Reply } from './context.ts'
import { asAdminUser, replyWithTag } from './views.ts'

export async function getUser({ input, services }: OperationContext<'getUser'>): Promise<Reply<'getUser'>> {
  return replyWithTag(asAdminUser(await requireUser(services.db, input.path.user_id)))
}
