import { measureLimitUse } from '../domain/limits/limitUse.ts'
import type { OperationContext, Reply } from './context.ts'

export async function listLimits({
  principal,
  services,
}: OperationContext<'listLimits'>): Promise<Reply<'listLimits'>> {
  const { limits, isCapped } = await services.lists.run(principal.user.id, (db) =>
    measureLimitUse(db, services.limits, services.config.limits),
  )
  return { status: 200, body: { limits, ...(isCapped && { subjects_capped: true }) } }
}
