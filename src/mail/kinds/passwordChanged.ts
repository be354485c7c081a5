import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { composeFrom, type ComposedMail, type DropReason } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { formatTime, serviceName } from '../templateValues.ts'

/**
 * Composes the notice of a changed password. The mail goes to the email address for which it was queued, even if the
 * user has changed the email address since.
 */
export async function composePasswordChanged(
  db: Queryable,
  { user_id: userId, address, created_at: createdAt }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | DropReason> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return 'the account is suspended or erased'
  const language = chooseLanguage(user.language)
  const values = { service: serviceName(baseUrl), time: formatTime(createdAt, language) }
  return composeFrom('passwordChanged', { to: address, language }, values)
}
