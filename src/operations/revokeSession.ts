import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

export function revokeSession(_context: OperationContext<'revokeSession'>): Promise<Reply<'revokeSession'>> {
  throw new Problem('internal')
}
