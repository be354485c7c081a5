import { countExports } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { findTables, type TableOptions } from '../import/findTables.ts'
import { Progress } from '../import/progress.ts'
import type { ExportContext } from './context.ts'
import { exportDeletedUsers } from './deletedUsers.ts'
import { exportLinkedUsers } from './linkedUsers.ts'
import { exportLogs } from './loginLogs.ts'
import { exportNewUsers } from './newUsers.ts'
import { openTarget } from './openTarget.ts'
import { Report } from './report.ts'
import { checkRequiredColumns, readExtraValues } from './requiredColumns.ts'

export type ExportOptions = {
  /** The URL of a PostgreSQL database, or the path of a SQLite database. */
  to: string
  dryRun: boolean
  tables: TableOptions
  onConflict: 'stop' | 'skip'
  deactivateDeleted: boolean
  /** What new rows get in columns that Gatehouse has no value for, as `table.column=value`. */
  set: readonly string[]
}

/**
 * Writes users, password hashes and the login log into the database of a Django project from which users were
 * imported. First all users are checked; if the operator has to decide about one of them, nothing is written.
 * @param print receives lines about the progress
 * @returns the report, and whether anything was written
 * @throws StartError if the database cannot be used
 */
export async function exportDjango(
  db: Database,
  { to, dryRun, tables: tableOptions, set, ...decisions }: ExportOptions,
  print: (text: string) => void,
): Promise<{ report: Report; isWritten: boolean }> {
  const extraValues = readExtraValues(set)
  const target = await openTarget(to, dryRun)
  try {
    const tables = findTables(target, tableOptions)
    const hasUsernames = target.tables.get(tables.users.table)?.includes('username')
    const columns = { ...tables.users.columns, ...(hasUsernames ? { username: 'username' } : {}) }
    const context: ExportContext = { db, target, tables, columns, extraValues, ...decisions }
    print(
      `To ${target.description}. Users: ${tables.users.table}, login log: ${tables.logs ? tables.logs.table : 'none'}.`,
    )
    const totals = await db.one(countExports())
    const check = ({ table }: { table: string }) => extraValues.get(table) ?? {}
    if (totals.created > 0) checkRequiredColumns(target, tables.users, Object.values(columns), check(tables.users))
    if (tables.logs && totals.logs > 0)
      checkRequiredColumns(target, tables.logs, Object.values(tables.logs.columns), check(tables.logs))
    const run = async (isWriting: boolean) => {
      const report = new Report()
      const progress = (what: string, total: number) => new Progress(what, total, print)
      const pass = { isWriting, report, progress: progress(isWriting ? 'Users' : 'Users checked', totals.users) }
      await exportLinkedUsers(context, pass)
      await exportNewUsers(context, pass)
      await exportDeletedUsers(context, pass)
      if (tables.logs && (isWriting || dryRun))
        await exportLogs(context, tables.logs, { isWriting, report, progress: progress('Login log', totals.logs) })
      return report
    }
    const checked = await run(false)
    const isWritten = !dryRun && checked.undecided === 0
    return { report: isWritten ? await run(true) : checked, isWritten }
  } finally {
    await target.close()
  }
}
