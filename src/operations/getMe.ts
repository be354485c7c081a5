import type { OperationContext, Reply } from './context.ts'
import { asUser } from './views.ts'

/** Authentication has read the row, so that one statement is enough. */
export function getMe({ principal }: OperationContext<'getMe'>): Promise<Reply<'getMe'>> {
  return Promise.resolve({ status: 200, body: asUser(principal.user) })
}
