import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Statements } from '../../db/database.ts'
import { asLanguage, renderMail, type ChosenMail } from '../render.ts'
import { serviceName } from '../values.ts'

/** Sums up the sign-ins from new devices that are too many for a mail each (security 90). */
export async function chooseNewDevices(
  db: Statements,
  { user_id: userId, address }: BeginMailRow,
  baseUrl: string,
): Promise<ChosenMail | undefined> {
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
