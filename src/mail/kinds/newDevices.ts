import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { composeFrom, type ComposedMail, type DropReason } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { serviceName } from '../templateValues.ts'

/**
 * Composes the summary of further sign-ins from new devices, when a mail for each would be too many (security 90).
 * The mail goes to the email address that the user had at the sign-in that caused it.
 */
export async function composeNewDevices(
  db: Queryable,
  { user_id: userId, address }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | DropReason> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return 'the account is suspended or erased'
  const recipient = { to: address, language: chooseLanguage(user.language) }
  return composeFrom('newDevices', recipient, { service: serviceName(baseUrl) })
}
