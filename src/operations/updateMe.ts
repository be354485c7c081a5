import { updateProfile } from '../../generated/queries.ts'
import { searchText } from '../domain/users.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'
import { asUser } from './getMe.ts'

export async function updateMe({
  input,
  principal,
  services,
}: OperationContext<'updateMe'>): Promise<Reply<'updateMe'>> {
  const { first_name: firstName = null, last_name: lastName = null, language = null } = input.body
  const { id: userId, email, first_name, last_name } = principal.user
  const text = searchText({ email, firstName: firstName ?? first_name, lastName: lastName ?? last_name })
  const user = await services.db.maybeOne(updateProfile({ userId, firstName, lastName, language, searchText: text }))
  if (!user) throw new Problem('user_inactive', { cause: 'suspended or deleted since the request was authenticated' })
  return { status: 200, body: asUser(user) }
}
