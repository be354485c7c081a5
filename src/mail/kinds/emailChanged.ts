import { findUndoableEmailChange, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import { composeFrom, type ComposedMail, type DropReason } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { formatTime, serviceName } from '../templateValues.ts'

/**
 * Composes the mail to the former email address of an account, in its former spelling (security 28). The text does
 * not contain the new email address, because an attacker who knows the password may have chosen it, including its
 * domain (security 90).
 */
export async function composeEmailChanged(
  db: Queryable,
  { id: mailId, user_id: userId, about: changeId }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | DropReason> {
  if (userId === null || changeId === null) return 'the change of address has ended'
  const change = await db.maybeOne(findUndoableEmailChange({ userId, id: changeId }))
  if (!change) return 'the change of address has ended'
  const code = await mintCode(db, 'undo_email', userId, mailId, { subjectId: changeId })
  if (code === undefined) return 'a newer mail replaces it'
  const language = chooseLanguage(change.language)
  const recipient = { to: change.old_email, language }
  return composeFrom('emailChanged', recipient, {
    service: serviceName(baseUrl),
    time: formatTime(change.confirmed_at, language),
    link: `${baseUrl}/account/undo-email/?code=${code}`,
  })
}
