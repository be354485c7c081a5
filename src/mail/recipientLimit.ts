import { countMailsToRecipient, lockRecipient, type BeginMailRow } from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Queryable } from '../db/database.ts'

export type RecipientLimits = Pick<Config, 'rateLimits' | 'limits'>

// The kinds of mail that LIMIT_MAILS_* limits. Notices about an account are not limited. A `restore` mail that names
// a user is not limited either. The service sends it after a change of email address was undone, when the account has
// no password. The undo code works only once, so it cannot cause many mails (security 100).
const limited = ['activation', 'restore', 'confirm_email']

/** Whether any client that knows an email address can cause a mail of this kind to it. */
export function anyClientCanCause(kind: string): boolean {
  return limited.includes(kind)
}

/**
 * Whether the recipient has received as many mails as LIMIT_MAILS_* allows, so that the worker must drop this mail
 * (security 59). Codes in earlier mails stay valid. Only one transaction at a time counts the mails to an email
 * address, so that mails that are sent at the same time cannot exceed the limit together.
 */
export async function exceedsRecipientLimit(
  transaction: Queryable,
  { id, kind, address, user_id: userId }: BeginMailRow,
  { rateLimits, limits: { mailsHour, mailsDay } }: RecipientLimits,
): Promise<boolean> {
  if (!rateLimits || !anyClientCanCause(kind) || (kind === 'restore' && userId !== null)) return false
  await transaction.one(lockRecipient({ address }))
  const sent = await transaction.one(
    countMailsToRecipient({ id, address, kinds: limited, hour: mailsHour.window, day: mailsDay.window }),
  )
  return sent.in_hour >= mailsHour.count || sent.in_day >= mailsDay.count
}
