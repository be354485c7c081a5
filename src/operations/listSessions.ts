import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function listSessions(_context: OperationContext<'listSessions'>): Promise<Reply<'listSessions'>> {
  throw new Problem('internal')
}
