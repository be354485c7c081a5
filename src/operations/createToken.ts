import { requireEmailAddress } from '../domain/emailAddress.ts'
import { issueTokens } from '../domain/sessions/issueTokens.ts'
import { signIn } from '../domain/sessions/signIn.ts'
import type { OperationContext, Reply } from './context.ts'

export async function createToken({
  input,
  request,
  services,
}: OperationContext<'createToken'>): Promise<Reply<'createToken'>> {
  const { address } = requireEmailAddress(input.body.email)
  const { session, rateLimit } = await signIn(services, { address, password: input.body.password }, request)
  return { status: 200, rateLimit, body: await issueTokens(services, session) }
}
