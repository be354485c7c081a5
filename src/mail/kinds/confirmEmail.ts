import { findOtherOwner, findWaitingEmailChange, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { normalizeEmail } from '../../domain/emailAddress.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { formatTime, serviceName } from '../values.ts'

/**
 * To the new address, unless another user has it or it is held for another one: then no mail is sent. The present address
 * gets a text of its own: confirming it again ends the undo of its change (security 103).
 */
export async function composeConfirmEmail(
  db: Queryable,
  { id: mailId, user_id: userId, address, about }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  if (userId === null || about === null) return undefined
  if (await db.maybeOne(findOtherOwner({ address, userId }))) return undefined
  const change = await db.maybeOne(findWaitingEmailChange({ userId, id: about }))
  if (!change) return undefined
  const code = await mintCode(db, 'confirm_email', userId, mailId, { subjectId: about })
  if (code === undefined) return undefined
  const language = asLanguage(change.language)
  const [service, time] = [serviceName(baseUrl), formatTime(change.requested_at, language)]
  const link = `${baseUrl}/account/confirm-email/?code=${code}`
  if (normalizeEmail(change.old_email) === address) {
    const again = renderMail('confirmEmailAgain', language, { service, time, link })
    return { name: 'confirmEmailAgain', to: change.email, language, ...again }
  }
  const values = { service, time, link }
  return { name: 'confirmEmail', to: change.email, language, ...renderMail('confirmEmail', language, values) }
}
