import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function deleteMe(_context: OperationContext<'deleteMe'>): Promise<Reply<'deleteMe'>> {
  throw new Problem('internal')
}
