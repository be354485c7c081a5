import type { components } from '../../generated/contract.ts'
import { findUser } from '../../generated/queries.ts'
import type { UserRow } from '../domain/accounts/users.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'
import { asUser } from './getMe.ts'

export async function getUser({ input, services }: OperationContext<'getUser'>): Promise<Reply<'getUser'>> {
  const user = await services.db.maybeOne(findUser({ userId: input.path.user_id }))
  if (!user) throw new Problem('not_found')
  return { status: 200, body: asAdminUser(user) }
}

/** A user, as superusers see one. */
export function asAdminUser(row: UserRow): components['schemas']['AdminUser'] {
  return { ...asUser(row), is_active: row.is_active, email_confirmed: row.email_confirmed }
}
