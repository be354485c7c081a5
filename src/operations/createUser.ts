import { identifyRequest } from '../domain/accounts/idempotencyKeys.ts'
import { requireNewEmailAddress } from '../domain/accounts/newEmailAddress.ts'
import { addUser } from '../domain/accounts/administration.ts'
import { profileOf } from '../domain/accounts/users.ts'
import { checkNewPassword } from '../domain/passwords/rules.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'
import { asAdminUser } from './views.ts'

export async function createUser({
  input,
  principal,
  request,
  services,
}: OperationContext<'createUser'>): Promise<Reply<'createUser'>> {
  const { email, password, is_active = true, is_superuser = false } = input.body
  const { 'Idempotency-Key': key } = input.header
  const to = requireNewEmailAddress(email)
  services.deliverability.requireDeliverable(to)
  if (password !== undefined) checkNewPassword({ password }, to.email, services.passwordRules)
  const passwordHash = password === undefined ? null : await services.passwords.hash(password, request)
  const user = await addUser(
    services.db,
    { ...to, ...profileOf(input.body), passwordHash, is_active, is_superuser, email_confirmed: false },
    asActor(principal, request),
    key === undefined ? undefined : identifyRequest(services.idempotencySecret, key, input.body),
  )
  return { status: 201, body: asAdminUser(user) }
}
