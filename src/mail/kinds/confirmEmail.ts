import { findOtherOwner, findWaitingEmailChange, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { normalizeEmail } from '../../domain/emailAddress.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the mail with the code that confirms a new email address. No mail is sent when the email address belongs
 * to another user or is held for another user. When the user has requested the current email address again, the mail
 * has a different text: confirming it shortens the period in which the former email address can undo the change
 * (security 103).
 */
export async function composeConfirmEmail(
  db: Queryable,
  { id: mailId, user_id: userId, address, about: changeId }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  if (userId === null || changeId === null) return 'the change of address has ended'
  if (await db.maybeOne(findOtherOwner({ address, userId }))) return 'the address belongs to another account'
  const change = await db.maybeOne(findWaitingEmailChange({ userId, id: changeId }))
  if (!change) return 'the change of address has ended'
  const code = await mintCode(db, 'confirm_email', userId, mailId, { subjectId: changeId })
  if (code === undefined) return 'a newer mail replaces it'
  const name = normalizeEmail(change.old_email) === address ? 'confirmEmailAgain' : 'confirmEmail'
  return write(
    name,
    { to: change.email, language: change.language },
    {
      time: change.requested_at,
      link: `/account/confirm-email/?code=${code}`,
    },
  )
}
