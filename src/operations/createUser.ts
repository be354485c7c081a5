import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function createUser(_context: OperationContext<'createUser'>): Promise<Reply<'createUser'>> {
  throw new Problem('internal')
}
