import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function listUsers(_context: OperationContext<'listUsers'>): Promise<Reply<'listUsers'>> {
  throw new Problem('internal')
}
