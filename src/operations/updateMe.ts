import { updateProfile } from '../../generated/queries.ts'
import { Problem } from '../problems.ts'
import type { OperationContext, Reply } from './context.ts'
import { asUser } from './getMe.ts'

export async function updateMe({
  input,
  principal,
  services,
}: OperationContext<'updateMe'>): Promise<Reply<'updateMe'>> {
  const { first_name: firstName = null, last_name: lastName = null, language = null } = input.body
  const user = await services.db.maybeOne(updateProfile({ userId: principal.user.id, firstName, lastName, language }))
  if (!user) throw new Problem('user_inactive', { cause: 'suspended or deleted since the request was authenticated' })
  return { status: 200, body: asUser(user) }
}
