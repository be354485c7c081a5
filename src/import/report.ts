import { toVisible } from './values.ts'

/** The longest text of the source that a report shows, in UTF-16 code units. */
const maxShown = 300
/** Removes what could move the terminal's cursor or reverse its text. */
const toLine = (text: string) => toVisible(text, maxShown)

/** What happened to a row for one reason. `undecided`: the operator must decide first. */
export type Outcome = 'skipped' | 'changed' | 'undecided'

/** The reasons why a row was skipped or changed, and what the operator can do. */
export const reasons = {
  collision: 'several users have this email address in different letter case (--on-collision)',
  address_taken: 'another user of Gatehouse has the email address (--on-existing)',
  invalid_address: 'the email address is missing or invalid (--on-invalid)',
  unknown_hash: 'the hash of the password cannot be verified (--on-unknown-hash)',
  pending: 'inactive, and never signed in (--skip-pending)',
  erased: 'was imported before and deleted since',
  invalid_id: 'the primary key is empty or longer than 64 characters',
  email_normalized: 'the email address is stored in another form',
  name_changed: 'a name was shortened, or has characters that are not visible',
  no_password: 'has no usable password: the user recovers it by mail',
  staff: 'is_staff is not kept: only superusers administer users',
  invalid_date: 'a date is invalid and was left out',
  unknown_user: 'the user of the record was not imported',
  invalid_ip: 'the IP address is missing or invalid',
  expired: 'older than LOGIN_LOG_RETENTION',
} as const

export type Reason = keyof typeof reasons
export type Entry = { legacy_id: string; email?: string; detail?: string }
type Group = { outcome: Outcome; reason: Reason; explanation: string; count: number; entries: Entry[] }
export type UserCounts = { read: number; imported: number; linked: number; unchanged: number; skipped: number }
export type LogCounts = { read: number; imported: number; unchanged: number; skipped: number }

/** The most entries of a reason that a report lists. The count is complete. */
export const maxEntries = 1000

/** The report of an import. */
export class Report {
  readonly users: UserCounts = { read: 0, imported: 0, linked: 0, unchanged: 0, skipped: 0 }
  readonly loginLogs: LogCounts = { read: 0, imported: 0, unchanged: 0, skipped: 0 }
  /** How many users have a token of rest_framework.authtoken, which Gatehouse does not accept. */
  tokens = 0
  readonly #groups = new Map<string, Group>()

  add(outcome: Outcome, reason: Reason, entry?: Entry, count = 1): void {
    const key = `${outcome} ${reason}`
    const group = this.#groups.get(key) ?? { outcome, reason, explanation: reasons[reason], count: 0, entries: [] }
    this.#groups.set(key, group)
    group.count += count
    if (entry && group.entries.length < maxEntries) group.entries.push(entry)
  }

  get undecided(): number {
    return this.#of('undecided').reduce((sum, { count }) => sum + count, 0)
  }

  toJson(): object {
    const [undecided, skipped, changed] = [this.#of('undecided'), this.#of('skipped'), this.#of('changed')]
    return { users: this.users, login_logs: this.loginLogs, tokens: this.tokens, undecided, skipped, changed }
  }

  /** @param shown how many entries of each reason are shown */
  toText(shown = 10): string {
    const format = (count: number) => count.toLocaleString('en')
    const list = (counts: UserCounts | LogCounts) =>
      Object.entries(counts).map(([name, count]) => `${format(count)} ${name}`).join(', ') // prettier-ignore
    const lines = [`Users: ${list(this.users)}.`, `Login log: ${list(this.loginLogs)}.`]
    if (this.tokens > 0) lines.push(`Users with a token of authtoken, which is not accepted: ${format(this.tokens)}.`)
    for (const outcome of ['undecided', 'skipped', 'changed'] as const)
      for (const { reason, explanation, count, entries } of this.#of(outcome)) {
        lines.push('', `${outcome}, ${reason}: ${format(count)}. ${explanation}`)
        for (const { legacy_id, email, detail } of entries.slice(0, shown))
          lines.push(
            `  ${[legacy_id, email, detail]
              .filter((text) => text !== undefined)
              .map(toLine)
              .join('  ')}`,
          )
        if (entries.length > shown)
          lines.push(`  … and ${format(count - shown)} more; --json lists ${format(maxEntries)}`)
      }
    return lines.join('\n')
  }

  #of(outcome: Outcome): Group[] {
    return [...this.#groups.values()].filter((group) => group.outcome === outcome)
  }
}
