import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { composeFrom, type ComposedMail } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { serviceName } from '../templateValues.ts'

/**
 * Sums up the sign-ins from new devices that are too many for a mail each (security 90). Like each of those mails, it
 * goes to the address that the user had at the sign-in.
 */
export async function composeNewDevices(
  db: Queryable,
  { user_id: userId, address }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return undefined
  const recipient = { to: address, language: chooseLanguage(user.language) }
  return composeFrom('newDevices', recipient, { service: serviceName(baseUrl) })
}
