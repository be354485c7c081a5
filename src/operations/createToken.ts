import { v7 as uuidv7 } from 'uuid'
import { findPasswordHash, findUserIdByAddress } from '../../generated/queries.ts'
import { requireAddress } from '../domain/addresses.ts'
import { openSession } from '../domain/sessions.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'

/** Unknown, wrong and inactive take the same time and get the same answer (security 12, 13). */
export async function createToken({
  input,
  request,
  services,
}: OperationContext<'createToken'>): Promise<Reply<'createToken'>> {
  const { db, passwords, tokens, lifetimes } = services
  const { address } = requireAddress(input.body.email)
  const found = await db.maybeOne(findUserIdByAddress({ address }))
  const user = await db.maybeOne(findPasswordHash({ userId: found?.user_id ?? uuidv7() })) // asks as much of an unknown one
  const { matches, outdated } = await passwords.verify(input.body.password, user?.password_hash)
  if (!user?.password_hash || !matches)
    throw new Problem('no_active_account', { cause: user ? 'wrong password' : 'unknown address' })
  const renewedHash = outdated ? await passwords.hash(input.body.password) : undefined
  const verified = { userId: user.id, verifiedHash: user.password_hash, renewedHash }
  const session = await openSession(db, verified, request.client, lifetimes)
  return { status: 200, body: tokens.pair(session) }
}
