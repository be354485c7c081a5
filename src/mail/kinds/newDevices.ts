import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { serviceName } from '../values.ts'

/** Sums up the sign-ins from new devices that are too many for a mail each (security 90). */
export async function composeNewDevices(
  db: Queryable,
  { user_id: userId, address }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return undefined
  const language = asLanguage(user.language)
  // To the address of the moment of the sign-in, as the mails before it.
  return {
    name: 'newDevices',
    to: address,
    language,
    ...renderMail('newDevices', language, { service: serviceName(baseUrl) }),
  }
}
