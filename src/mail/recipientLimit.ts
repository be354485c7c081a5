import { countMailsToRecipient, lockMailLimit, type BeginMailRow } from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Queryable } from '../db/database.ts'

export type RecipientLimits = Pick<Config, 'rateLimits' | 'limits'>

// Notices of what happened to an account are not limited. Neither is the recovery mail after an undone change of
// address, which names its user: the account has no password then, and the code that causes this mail works only once
// (security 100).
const limited = ['activation', 'restore', 'confirm_email']

/** Whether any client that knows an email address can cause a mail of this kind to it. */
export function anyClientCanCause(kind: string): boolean {
  return limited.includes(kind)
}

/**
 * Whether the recipient has received as many mails as LIMIT_MAILS_* allows, so that this one is dropped (security
 * 59). Codes that were mailed before stay valid. The count waits for other transactions that count for the same
 * address, so that mails sent at the same time cannot exceed the limit together.
 */
export async function exceedsRecipientLimit(
  transaction: Queryable,
  { id, kind, address, user_id: userId }: BeginMailRow,
  { rateLimits, limits: { mailsHour, mailsDay } }: RecipientLimits,
): Promise<boolean> {
  if (!rateLimits || !anyClientCanCause(kind) || (kind === 'restore' && userId !== null)) return false
  await transaction.one(lockMailLimit({ address }))
  const sent = await transaction.one(
    countMailsToRecipient({ id, address, kinds: limited, hour: mailsHour.window, day: mailsDay.window }),
  )
  return sent.in_hour >= mailsHour.count || sent.in_day >= mailsDay.count
}
