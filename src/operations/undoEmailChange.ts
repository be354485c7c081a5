import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function undoEmailChange(_context: OperationContext<'undoEmailChange'>): Promise<Reply<'undoEmailChange'>> {
  throw new Problem('internal')
}
