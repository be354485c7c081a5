import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function deleteUser(_context: OperationContext<'deleteUser'>): Promise<Reply<'deleteUser'>> {
  throw new Problem('internal')
}
