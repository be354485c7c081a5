import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function updateUser(_context: OperationContext<'updateUser'>): Promise<Reply<'updateUser'>> {
  throw new Problem('internal')
}
