import { isAccessTokenLive } from '../domain/sessions/principal.ts'
import { isRefreshTokenLive } from '../domain/sessions/sessions.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

/** Accepts a valid token of either type; a refresh token within its grace period counts as valid. */
export async function verifyToken({ input, services }: OperationContext<'verifyToken'>): Promise<Reply<'verifyToken'>> {
  const { db, tokens, lifetimes } = services
  const claims = await tokens.verifyAny(input.body.token)
  const live =
    'generation' in claims ? await isRefreshTokenLive(db, claims, lifetimes) : await isAccessTokenLive(db, claims)
  if (!live) throw new Problem('token_not_valid', { cause: 'its session has ended, or its user is gone' })
  return { status: 200, body: {} }
}
