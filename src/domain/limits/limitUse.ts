import { measureLimits } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { Limit } from './counter.ts'
import type { Limits } from './limits.ts'

/** A limit in force, and how many subjects have used points of it or have none left. */
export type LimitUse = Limit & { name: string; counted_by: LimitSubject[]; used?: number; used_up?: number }
export type LimitSubject =
  'account' | 'network' | 'site' | 'account_in_network' | 'account_in_site' | 'session' | 'recipient'

type MailLimits = Record<'newDeviceMails' | 'mailsHour' | 'mailsDay', Limit>

/** The number of counters that are read. */
export const maxSubjects = 100_000

const countedBy: Record<string, LimitSubject[]> = {
  'sign-in': ['account_in_network'],
  'sign-in-site': ['account_in_site'],
  'sign-in-account': ['account'],
  'sign-in-success': ['account_in_network'],
  'sign-in-success-site': ['account_in_site'],
  'sign-in-network': ['network'],
  'sign-in-network-site': ['site'],
  registration: ['network'],
  'registration-site': ['site'],
  recovery: ['network'],
  'recovery-site': ['site'],
  'password-change': ['account'],
  'email-change-hour': ['account', 'network'],
  'email-change-hour-site': ['site'],
  'email-change-day': ['account', 'network'],
  'email-change-day-site': ['site'],
  refresh: ['session'],
}

/**
 * Returns the limits in force, and their use. The list is empty if nothing is limited. `isCapped` says that there are
 * too many counters to read all of them.
 */
export async function measureLimitUse(
  db: Queryable,
  { policies, newDeviceMails }: Limits,
  mails: MailLimits,
): Promise<{ limits: LimitUse[]; isCapped: boolean }> {
  if (!newDeviceMails) return { limits: [], isCapped: false }
  const limits = Array.from(policies, ([name, { count }]) => ({ name, count }))
  const rows = await db.any(measureLimits({ limits, now: Date.now(), maxSubjects }))
  const uses = new Map(rows.map(({ name, used, used_up }) => [name, { used, used_up }]))
  const ofRequests = Object.entries(countedBy).flatMap(([name, counted_by]) => {
    const limit = policies.get(name)
    return limit ? [{ name, ...limit, counted_by, ...uses.get(name) }] : []
  })
  const ofMails: LimitUse[] = [
    { name: 'mails-hour', ...mails.mailsHour, counted_by: ['recipient'] },
    { name: 'mails-day', ...mails.mailsDay, counted_by: ['recipient'] },
    { name: 'new-device-mails', ...newDeviceMails, counted_by: ['account'] },
  ]
  return { limits: [...ofRequests, ...ofMails], isCapped: rows.some(({ is_capped }) => is_capped) }
}
