import { findUser } from '../../generated/queries.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'
import { asAdminUser, replyWithTag } from './views.ts'

export async function getUser({ input, services }: OperationContext<'getUser'>): Promise<Reply<'getUser'>> {
  const user = await services.db.maybeOne(findUser({ userId: input.path.user_id }))
  if (!user) throw new Problem('not_found')
  return replyWithTag(asAdminUser(user))
}
