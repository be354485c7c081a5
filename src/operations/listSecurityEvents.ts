import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function listSecurityEvents(
  _context: OperationContext<'listSecurityEvents'>,
): Promise<Reply<'listSecurityEvents'>> {
  throw new Problem('internal')
}
