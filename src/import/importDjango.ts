import type { Database } from '../db/database.ts'
import { importBlacklistedTokens } from './blacklist.ts'
import type { Decisions } from './convertUser.ts'
import { findTables, type FoundTables, type TableOptions } from './findTables.ts'
import { importLogs, preparePartitions } from './loginLogs.ts'
import { openSource } from './openSource.ts'
import { Progress } from './progress.ts'
import { Report } from './report.ts'
import type { Source } from './source.ts'
import { checkUsers, writeUsers } from './users.ts'

export type ImportOptions = {
  /** The URL of a PostgreSQL database, or the path of a SQLite database or of the JSON of dumpdata. */
  from: string
  dryRun: boolean
  tables: TableOptions
  decisions: Decisions
  /** How long the service keeps the login log, in seconds. */
  retention: number
}

/**
 * Imports users and the login log from the database of a Django project. First all users are checked; if the operator
 * has to decide about one of them, nothing is written.
 * @param print receives lines about the progress
 * @returns the report, and whether anything was written
 * @throws StartError if the source cannot be read
 */
export async function importDjango(
  db: Database,
  { from, dryRun, tables: tableOptions, decisions, retention }: ImportOptions,
  print: (text: string) => void,
): Promise<{ report: Report; isWritten: boolean }> {
  const source = await openSource(from)
  try {
    const tables = findTables(source, tableOptions)
    print(describe(source, tables))
    const context = { db, source, tables, decisions }
    const total = await source.count(tables.users.table)
    const checked = new Report()
    const scratch = await checkUsers(context, checked, new Progress('Users checked', total, print))
    try {
      const isWritten = !dryRun && checked.undecided === 0
      const report = isWritten ? new Report() : checked
      if (isWritten) {
        if (tables.logs) await preparePartitions(db, retention)
        await writeUsers(context, scratch, report, new Progress('Users imported', total, print))
      }
      if (isWritten) await importBlacklistedTokens(db, source, report)
      if (tables.tokens !== undefined) report.tokens = await source.count(tables.tokens)
      if (tables.logs && (isWritten || dryRun)) {
        const progress = new Progress('Login log', await source.count(tables.logs.table), print)
        await importLogs({ db, source, table: tables.logs }, { retention, dryRun }, report, progress)
      }
      return { report, isWritten }
    } finally {
      scratch.close()
    }
  } finally {
    await source.close()
  }
}

function describe({ description }: Source, { users, logs, addresses }: FoundTables): string {
  const log = logs ? `login log: ${logs.table}` : 'no login log'
  const allauth = addresses ? `, email addresses of django-allauth: ${addresses.table}` : ''
  return `From ${description}. Users: ${users.table}, ${log}${allauth}.`
}
