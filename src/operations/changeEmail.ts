import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function changeEmail(_context: OperationContext<'changeEmail'>): Promise<Reply<'changeEmail'>> {
  throw new Problem('internal')
}
