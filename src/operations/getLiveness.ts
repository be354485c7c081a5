import type { OperationContext, Reply } from './context.ts'

export function getLiveness(_context: OperationContext<'getLiveness'>): Promise<Reply<'getLiveness'>> {
  return Promise.resolve({ status: 200, body: { status: 'ok' } })
}
