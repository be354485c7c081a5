import { Findings, formatCounts } from '../import/findings.ts'

/** The reasons why a user or a record was not written, and what the operator can do. */
export const reasons = {
  collision: 'another user of Django has the email address or the username (--on-conflict)',
  row_missing: 'Django has no user with the id from which the user was imported (--on-conflict)',
  other_user: 'the row with this id belongs to another user: is it the right database? (--on-conflict)',
  too_long: 'a value is longer than its column in Django (--on-conflict)',
  deleted: 'was deleted in Gatehouse and is active in Django (--deactivate-deleted)',
  hash_kept: 'has no password in Gatehouse, which could not verify the hash of Django: the hash stays in Django',
  unknown_user: 'the user of the record is not in Django',
} as const

export type Reason = keyof typeof reasons

/** The report of an export. */
export class Report extends Findings<Reason> {
  readonly users = { read: 0, created: 0, linked: 0, updated: 0, unchanged: 0, skipped: 0, deactivated: 0 }
  readonly loginLogs = { read: 0, written: 0, unchanged: 0, skipped: 0 }

  constructor() {
    super(reasons)
  }

  override toJson(): object {
    return { users: this.users, login_logs: this.loginLogs, ...super.toJson() }
  }

  /** @param shown how many entries of each reason are shown */
  toText(shown = 10): string {
    const lines = [`Users: ${formatCounts(this.users)}.`, `Login log: ${formatCounts(this.loginLogs)}.`]
    return [...lines, ...this.toLines(shown)].join('\n')
  }
}
