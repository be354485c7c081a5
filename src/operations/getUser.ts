import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function getUser(_context: OperationContext<'getUser'>): Promise<Reply<'getUser'>> {
  throw new Problem('internal')
}
