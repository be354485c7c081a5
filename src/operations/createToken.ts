import { requireEmailAddress } from '../domain/emailAddress.ts'
import { issueTokens } from '../domain/sessions/issueTokens.ts'
import { signIn } from '../domain/sessions/signIn.ts'
import type { OperationContext, Reply } from './context.ts'
import { keepInCookie, readReplacedSession, requireAllowedOrigin } from './refreshCookie.ts'

export async function createToken({
  input,
  request,
  services,
}: OperationContext<'createToken'>): Promise<Reply<'createToken'>> {
  const inCookie = input.body.refresh_cookie === true
  if (inCookie) requireAllowedOrigin(request)
  const { address } = requireEmailAddress(input.body.email)
  const replaced = inCookie ? await readReplacedSession(request, services) : undefined
  const credentials = { address, password: input.body.password }
  const { session, rateLimit } = await signIn(services, credentials, request, replaced)
  const tokens = await issueTokens(services, session)
  return { status: 200, rateLimit, ...(inCookie ? keepInCookie(tokens, session, services.config) : { body: tokens }) }
}
