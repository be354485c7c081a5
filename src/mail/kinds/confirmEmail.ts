import { findOtherOwner, findWaitingEmailChange, type BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { normalizeEmail } from '../../domain/emailAddress.ts'
import { mintCode } from '../../domain/mails/codes.ts'
import { composeFrom, type ComposedMail } from '../composer.ts'
import { chooseLanguage } from '../language.ts'
import { formatTime, serviceName } from '../templateValues.ts'

/**
 * To the new address, unless it belongs to another user or is held for one: then no mail is sent. The present address
 * gets a text of its own: confirming it again ends the period in which its change can be undone (security 103).
 */
export async function composeConfirmEmail(
  db: Queryable,
  { id: mailId, user_id: userId, address, about: changeId }: BeginMailRow,
  baseUrl: string,
): Promise<ComposedMail | undefined> {
  if (userId === null || changeId === null) return undefined
  if (await db.maybeOne(findOtherOwner({ address, userId }))) return undefined
  const change = await db.maybeOne(findWaitingEmailChange({ userId, id: changeId }))
  if (!change) return undefined
  const code = await mintCode(db, 'confirm_email', userId, mailId, { subjectId: changeId })
  if (code === undefined) return undefined
  const language = chooseLanguage(change.language)
  const name = normalizeEmail(change.old_email) === address ? 'confirmEmailAgain' : 'confirmEmail'
  return composeFrom(
    name,
    { to: change.email, language },
    {
      service: serviceName(baseUrl),
      time: formatTime(change.requested_at, language),
      link: `${baseUrl}/account/confirm-email/?code=${code}`,
    },
  )
}
