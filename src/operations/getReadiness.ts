import { requireReadiness } from '../domain/keys/readiness.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export async function getReadiness({ services }: OperationContext<'getReadiness'>): Promise<Reply<'getReadiness'>> {
  if (services.stopping.aborted) throw new Problem('unavailable', { cause: 'the service is stopping' })
  await requireReadiness(services)
  return { status: 200, body: { status: 'ok' } }
}
