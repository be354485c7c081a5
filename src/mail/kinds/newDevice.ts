import { findSession, findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { describeDevice } from '../device.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { formatTime, serviceName } from '../values.ts'

/** Tells the owner of a sign-in from a device that was not seen before: from where, and how to end it if it was somebody else. */
export async function composeNewDevice(
  db: Queryable,
  { user_id: userId, about: sessionId, address }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  if (userId === null || sessionId === null) return undefined
  const user = await db.maybeOne(findUser({ userId }))
  const session = await db.maybeOne(findSession({ userId, sessionId }))
  if (!user || !session) return undefined
  const language = asLanguage(user.language)
  const values = {
    service: serviceName(baseUrl),
    time: formatTime(session.created_at, language),
    ipAddress: session.ip_address,
    device: describeDevice(session.user_agent, language),
  }
  // To the address of the moment of the sign-in: whoever came in and changes it must not get the notice of that.
  return { name: 'newDevice', to: address, language, ...renderMail('newDevice', language, values) }
}
