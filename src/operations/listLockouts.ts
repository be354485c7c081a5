import { readLockouts } from '../domain/accounts/lockouts.ts'
import type { OperationContext, Reply } from './context.ts'
import { asLockout } from './views.ts'

export async function listLockouts({
  input,
  principal,
  services,
}: OperationContext<'listLockouts'>): Promise<Reply<'listLockouts'>> {
  const { lockouts, isCapped } = await services.lists.run(principal.user.id, (db) =>
    readLockouts(db, services.limits, input.path.user_id),
  )
  return { status: 200, body: { lockouts: lockouts.map(asLockout), ...(isCapped && { lockouts_capped: true }) } }
}
