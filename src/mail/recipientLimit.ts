import { countMailsToRecipient, lockMailLimit, type BeginMailRow } from '../../generated/queries.ts'
import type { Config } from '../config/config.ts'
import type { Queryable } from '../db/database.ts'

export type RecipientLimits = Pick<Config, 'rateLimits' | 'limits'>

// What any client can cause that knows an address. Notices of what happened to an account are never held back, nor is the
// recovery mail that follows an undone change of address and so names its user: the password is gone, and the undo code
// that caused it worked once (security 100).
const limited = ['activation', 'restore', 'confirm_email']

/** Whether any client who knows the address of a mail can cause it. */
export function strangersCanCause(kind: string): boolean {
  return limited.includes(kind)
}

/**
 * Whether a recipient got as many mails lately as one may, so that this one is dropped (security 59). The codes that they
 * have stay good. The count waits for other mails to the same address: together they are no more than allowed.
 */
export async function isOverLimit(
  transaction: Queryable,
  { id, kind, address, user_id: userId }: BeginMailRow,
  { rateLimits, limits: { mailsHour, mailsDay } }: RecipientLimits,
): Promise<boolean> {
  if (!rateLimits || !strangersCanCause(kind) || (kind === 'restore' && userId !== null)) return false
  await transaction.one(lockMailLimit({ address }))
  const sent = await transaction.one(
    countMailsToRecipient({ id, address, kinds: limited, hour: mailsHour.window, day: mailsDay.window }),
  )
  return sent.in_hour >= mailsHour.count || sent.in_day >= mailsDay.count
}
