import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { composeFrom, type ComposedMail, type DropReason } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { formatTime, serviceName } from '../templateValues.ts'

/**
 * Composes the mail to the email address that an account had until an undo code restored the former email address
 * (security 103).
 */
export async function composeEmailChangeUndone(
  db: Queryable,
  { user_id: userId, address, created_at: createdAt }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | DropReason> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return 'the account is suspended or erased'
  const language = chooseLanguage(user.language)
  const values = { service: serviceName(baseUrl), time: formatTime(createdAt, language) }
  return composeFrom('emailChangeUndone', { to: address, language }, values)
}
