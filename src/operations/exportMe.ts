import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function exportMe(_context: OperationContext<'exportMe'>): Promise<Reply<'exportMe'>> {
  throw new Problem('internal')
}
