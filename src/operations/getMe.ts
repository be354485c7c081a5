import type { components } from '../../generated/contract.ts'
import type { FindUserRow } from '../../generated/queries.ts'
import type { OperationContext, Reply } from './context.ts'

/** The row was read when the request was authenticated: one statement in all. */
export function getMe({ principal }: OperationContext<'getMe'>): Promise<Reply<'getMe'>> {
  return Promise.resolve({ status: 200, body: asUser(principal.user) })
}

/** A user, as the user sees it. */
export function asUser(row: Omit<FindUserRow, 'is_active' | 'email_confirmed'>): components['schemas']['User'] {
  const { id, email, first_name, last_name, language, is_superuser, date_joined, last_login } = row
  return {
    id,
    email,
    first_name,
    last_name,
    language: language as 'en' | 'ru',
    is_superuser,
    date_joined,
    ...(last_login ? { last_login } : {}),
  }
}
