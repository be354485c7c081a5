import { readLockedUsers } from '../domain/accounts/lockouts.ts'
import type { OperationContext, Reply } from './context.ts'
import { asLockedUser } from './views.ts'

export async function listLockedUsers({
  principal,
  services,
}: OperationContext<'listLockedUsers'>): Promise<Reply<'listLockedUsers'>> {
  const { users, isCapped } = await services.lists.run(principal.user.id, (db) => readLockedUsers(db, services.limits))
  return { status: 200, body: { users: users.map(asLockedUser), ...(isCapped && { users_capped: true }) } }
}
