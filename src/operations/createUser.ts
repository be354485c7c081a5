import { requireNewEmailAddress } from '../domain/accounts/newEmailAddress.ts'
import { addUser } from '../domain/accounts/administration.ts'
import { checkNewPassword } from '../domain/passwords/rules.ts'
import { asActor, type OperationContext, type Reply } from './context.ts'
import { asAdminUser } from './views.ts'

export async function createUser({
  input,
  principal,
  request,
  services,
}: OperationContext<'createUser'>): Promise<Reply<'createUser'>> {
  const { email, password, first_name: firstName = '', last_name: lastName = '', language = 'en' } = input.body
  const { is_active: isActive = true, is_superuser: isSuperuser = false } = input.body
  const to = requireNewEmailAddress(email)
  services.deliverability.requireDeliverable(to)
  if (password !== undefined) checkNewPassword({ password }, to.email, services.passwordRules)
  const passwordHash = password === undefined ? null : await services.passwords.hash(password, request)
  const user = await addUser(
    services.db,
    { ...to, firstName, lastName, language, passwordHash, isActive, isSuperuser, emailConfirmed: false },
    asActor(principal, request),
  )
  return { status: 201, body: asAdminUser(user) }
}
