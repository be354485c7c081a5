import { findUser, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { formatTime, serviceName } from '../values.ts'

/** To the address that an account had until its change was undone from the former one (security 103). */
export async function composeEmailChangeUndone(
  db: Queryable,
  { user_id: userId, address, created_at: createdAt }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  const user = userId === null ? null : await db.maybeOne(findUser({ userId }))
  if (!user) return undefined
  const language = asLanguage(user.language)
  const values = { service: serviceName(baseUrl), time: formatTime(createdAt, language) }
  return { name: 'emailChangeUndone', to: address, language, ...renderMail('emailChangeUndone', language, values) }
}
