import { requireReadiness } from '../domain/keys/readiness.ts'
import type { OperationContext, Reply } from './context.ts'

export async function getReadiness({ services }: OperationContext<'getReadiness'>): Promise<Reply<'getReadiness'>> {
  await requireReadiness(services)
  return { status: 200, body: { status: 'ok' } }
}
