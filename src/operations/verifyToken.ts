import { isAccessTokenLive } from '../domain/sessions/principal.ts'
import { isRefreshTokenLive } from '../domain/sessions/sessions.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

/** A live token of either type; a refresh token within its grace is live. */
export async function verifyToken({ input, services }: OperationContext<'verifyToken'>): Promise<Reply<'verifyToken'>> {
  const { db, tokens, lifetimes } = services
  const read = await tokens.verifyAny(input.body.token)
  const live = 'generation' in read ? await isRefreshTokenLive(db, read, lifetimes) : await isAccessTokenLive(db, read)
  if (!live) throw new Problem('token_not_valid', { cause: 'its session or its user is over' })
  return { status: 200, body: {} }
}
