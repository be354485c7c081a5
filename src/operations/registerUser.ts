import { requireNewEmailAddress } from '../domain/accounts/newEmailAddress.ts'
import { checkNewPassword } from '../domain/passwords/rules.ts'
import { register } from '../domain/accounts/registrations.ts'
import { profileOf } from '../domain/accounts/users.ts'
import type { OperationContext, Reply } from './context.ts'

/**
 * Does the same work and gives the same reply for any email address. It does not look up whether the address is free.
 */
export async function registerUser({
  input,
  request,
  services,
}: OperationContext<'registerUser'>): Promise<Reply<'registerUser'>> {
  const { email, password } = input.body
  const to = requireNewEmailAddress(email)
  services.deliverability.requireDeliverable(to)
  checkNewPassword(input.body, to.email, services.passwordRules)
  const { rateLimit } = await services.limits.registration.consumeUnlessFailed(request.client, async () => {
    const passwordHash = await services.passwords.hash(password, request)
    await register(services.db, to, profileOf(input.body), passwordHash, request.client)
  })
  return { status: 201, rateLimit, body: { detail: 'Check your mail to activate the account.', email: to.email } }
}
