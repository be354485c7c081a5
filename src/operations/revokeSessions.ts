import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function revokeSessions(_context: OperationContext<'revokeSessions'>): Promise<Reply<'revokeSessions'>> {
  throw new Problem('internal')
}
