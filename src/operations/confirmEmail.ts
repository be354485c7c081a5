import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function confirmEmail(_context: OperationContext<'confirmEmail'>): Promise<Reply<'confirmEmail'>> {
  throw new Problem('internal')
}
