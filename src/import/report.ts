import { Findings, formatCount, formatCounts, type Entry, type Outcome } from './findings.ts'

export { maxEntries, type Entry, type Outcome } from './findings.ts'

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
export type UserCounts = { read: number; imported: number; linked: number; unchanged: number; skipped: number }
export type LogCounts = { read: number; imported: number; unchanged: number; skipped: number }

/** The report of an import. */
export class Report {
  readonly users: UserCounts = { read: 0, imported: 0, linked: 0, unchanged: 0, skipped: 0 }
  readonly loginLogs: LogCounts = { read: 0, imported: 0, unchanged: 0, skipped: 0 }
  /** How many users have a token of rest_framework.authtoken, which Gatehouse does not accept. */
  tokens = 0
  /** How many refresh tokens of simplejwt were recorded that its blacklist contains. */
  blacklisted = 0
  readonly #findings = new Findings(reasons)

  add(outcome: Outcome, reason: Reason, entry?: Entry, count = 1): void {
    this.#findings.add(outcome, reason, entry, count)
  }

  get undecided(): number {
    return this.#findings.undecided
  }

  toJson(): object {
    return {
      users: this.users,
      login_logs: this.loginLogs,
      tokens: this.tokens,
      blacklisted: this.blacklisted,
      ...this.#findings.toJson(),
    }
  }

  /** @param shown how many entries of each reason are shown */
  toText(shown = 10): string {
    const lines = [`Users: ${formatCounts(this.users)}.`, `Login log: ${formatCounts(this.loginLogs)}.`]
    if (this.tokens > 0)
      lines.push(`Users with a token of authtoken, which is not accepted: ${formatCount(this.tokens)}.`)
    if (this.blacklisted > 0)
      lines.push(`Refresh tokens in the blacklist of simplejwt: ${formatCount(this.blacklisted)}.`)
    return [...lines, ...this.#findings.toLines(shown)].join('\n')
  }
}
