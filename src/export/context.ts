import type { Database } from '../db/database.ts'
import type { FoundTables } from '../import/findTables.ts'
import type { Progress } from '../import/progress.ts'
import type { Value } from '../import/source.ts'
import type { Reason, Report } from './report.ts'
import type { Target } from './target.ts'
import type { ExportedUser, Values } from './userValues.ts'

export type ExportContext = {
  db: Database
  target: Target
  tables: FoundTables
  /** The columns of the users' table, by the names that the import uses. */
  columns: Readonly<Record<string, string>>
  /** The values for other columns of new rows, by table and column. */
  extraValues: ReadonlyMap<string, Readonly<Record<string, string>>>
  onConflict: 'stop' | 'skip'
  deactivateDeleted: boolean
}

/** One of the two runs of an export: the first only checks. */
export type Pass = { isWriting: boolean; report: Report; progress: Progress }

/** The rows of a batch. */
export const batchSize = 1000
/** The id before all others. */
export const noId = '00000000-0000-0000-0000-000000000000'

/** Maps values to Django's column names, and drops values for which Django has no column. */
export function toColumns(columns: ExportContext['columns'], values: Values): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (columns[name] === undefined ? [] : [[columns[name], value]])),
  )
}

/** Adds a user who cannot be written to the report. */
export function refuse(
  { onConflict }: ExportContext,
  { report }: Pass,
  reason: Reason,
  user: Pick<ExportedUser, 'id' | 'email'> & { legacy_id?: string },
  detail?: string,
): void {
  const entry = { legacy_id: user.legacy_id ?? user.id, email: user.email }
  report.users.skipped++
  report.add(
    onConflict === 'stop' ? 'undecided' : 'skipped',
    reason,
    detail === undefined ? entry : { ...entry, detail },
  )
}

/** Returns the column that a value is too long for, or undefined. */
export function findTooLong({ target, tables, columns }: ExportContext, values: Values): string | undefined {
  return Object.entries(values).flatMap(([name, value]) => {
    const column = columns[name]
    if (column === undefined || typeof value !== 'string') return []
    const { maxLength, type } = target.column(tables.users.table, column)
    const isText = /char/.test(type)
    return isText && maxLength !== undefined && Array.from(value).length > maxLength ? [column] : []
  })[0]
}
