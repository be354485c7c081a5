import { readSignInStatistics } from '../domain/events/statistics.ts'
import type { OperationContext, Reply } from './context.ts'
import { asSignInInterval } from './views.ts'

export async function getSignInStatistics({
  input,
  principal,
  services,
}: OperationContext<'getSignInStatistics'>): Promise<Reply<'getSignInStatistics'>> {
  const { period } = input.query
  const rows = await services.lists.run(principal.user.id, (db) => readSignInStatistics(db, period))
  return { status: 200, body: { intervals: rows.map(asSignInInterval) } }
}
