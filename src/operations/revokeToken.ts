import { signOut } from '../domain/sessions/sessions.ts'
import type { OperationContext, Reply } from './context.ts'

/** RFC 7009: the answer is the same for any string, so that it tells nothing about a token. */
export async function revokeToken({ input, services }: OperationContext<'revokeToken'>): Promise<Reply<'revokeToken'>> {
  const presented = await services.tokens.verifyRefreshOrExpired(input.body.refresh)
  if (presented) await signOut(services.db, presented)
  return { status: 200, body: {} }
}
