import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function revokeUserSessions(
  _context: OperationContext<'revokeUserSessions'>,
): Promise<Reply<'revokeUserSessions'>> {
  throw new Problem('internal')
}
