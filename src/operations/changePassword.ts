import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function changePassword(_context: OperationContext<'changePassword'>): Promise<Reply<'changePassword'>> {
  throw new Problem('internal')
}
