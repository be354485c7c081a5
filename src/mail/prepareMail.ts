import { beginMail, dropMail, isSuppressed } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import { composeMail } from './composeMail.ts'
import type { WriteMail } from './composer.ts'
import { lockMailUsers } from './lockMailUsers.ts'
import type { OutgoingMail } from './message.ts'
import { exceedsRecipientLimit, type RecipientLimits } from './recipientLimit.ts'
import type { MailSettings } from './render.ts'

const limitReason = 'the recipient has had as many mails as LIMIT_MAILS_* allows'
const suppressedReason = 'the address is suppressed, because it has no mailbox'

export type MailConfig = MailSettings & RecipientLimits

/** A mail that is to be sent, or the reason for which it was dropped. */
export type PreparedMail = { kind: string; mail?: OutgoingMail; dropped?: string }

/**
 * Composes a queued mail, or drops it, in a transaction of the worker.
 * @returns undefined when the mail is no longer queued
 */
export async function prepareMail(
  transaction: Queryable,
  id: string,
  config: MailConfig,
  write: WriteMail,
): Promise<PreparedMail | undefined> {
  await lockMailUsers(transaction, id)
  const row = await transaction.maybeOne(beginMail({ id }))
  if (!row) return undefined
  const { kind } = row
  // The limit applies to the first attempt only, because an earlier attempt may have sent the mail and was counted
  // then.
  const isOverLimit = row.attempts === 1 && (await exceedsRecipientLimit(transaction, row, config))
  const { suppressed } = await transaction.one(isSuppressed({ address: row.address }))
  const obstacle = isOverLimit ? limitReason : suppressed ? suppressedReason : undefined
  const composed = obstacle ?? (await composeMail(transaction, row, write))
  if (typeof composed !== 'string') {
    return { kind, mail: { ...composed, id, messageId: `<${id}@${new URL(config.baseUrl).hostname}>` } }
  }
  await transaction.query(dropMail({ id, reason: composed }))
  return { kind, dropped: composed }
}
