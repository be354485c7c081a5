import type { OperationContext, Reply } from './context.ts'
import { asUser, replyWithTag } from './views.ts'

/** Returns the user's row that authentication has read, so that the request needs only one SQL statement. */
export function getMe({ principal }: OperationContext<'getMe'>): Promise<Reply<'getMe'>> {
  return Promise.resolve(replyWithTag(asUser(principal.user)))
}
