import { findUndoableEmailChange, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the mail to the former email address of an account, in its former spelling (security 28). The text does
 * not contain the new email address, because an attacker who knows the password may have chosen it, including its
 * domain (security 90).
 */
export async function composeEmailChanged(
  db: Queryable,
  { id: mailId, user_id: userId, about: changeId }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  if (userId === null || changeId === null) return 'the change of address has ended'
  const change = await db.maybeOne(findUndoableEmailChange({ userId, id: changeId }))
  if (!change) return 'the change of address has ended'
  const code = await mintCode(db, 'undo_email', userId, mailId, { subjectId: changeId })
  if (code === undefined) return 'a newer mail replaces it'
  const recipient = { to: change.old_email, language: change.language }
  return write('emailChanged', recipient, {
    time: change.confirmed_at,
    link: `/account/undo-email/?code=${code}`,
  })
}
