import { findUndoableEmailChange, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import { asLanguage, renderMail, type ComposedMail } from '../render.ts'
import { formatTime, serviceName } from '../values.ts'

/**
 * To the address that the account had before, as it was written then (security 28). The new address is not in the text: a
 * stranger who knows the password chose it, domain included (security 90).
 */
export async function composeEmailChanged(
  db: Queryable,
  { id: mailId, user_id: userId, about }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  if (userId === null || about === null) return undefined
  const change = await db.maybeOne(findUndoableEmailChange({ userId, id: about }))
  if (!change) return undefined
  const code = await mintCode(db, 'undo_email', userId, mailId, { subjectId: about })
  if (code === undefined) return undefined
  const language = asLanguage(change.language)
  const values = {
    service: serviceName(baseUrl),
    time: formatTime(change.confirmed_at, language),
    link: `${baseUrl}/account/undo-email/?code=${code}`,
  }
  return { name: 'emailChanged', to: change.old_email, language, ...renderMail('emailChanged', language, values) }
}
