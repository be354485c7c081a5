import type { LogTable, UserTable } from '../import/findTables.ts'
import { StartError } from '../problems.ts'
import { hasUuids, type Target } from './target.ts'

/**
 * Checks that new rows get all values that they must have.
 * @param known the columns that the export writes
 * @param extra what the operator gives for other columns
 * @throws StartError that names the columns that would be missing
 */
export function checkRequiredColumns(
  target: Target,
  { table, columns }: UserTable | LogTable,
  known: readonly string[],
  extra: Readonly<Record<string, string>>,
): void {
  for (const name of Object.keys(extra)) target.column(table, name)
  const missing = (target.tables.get(table) ?? []).filter((name) => {
    if (name in extra || !target.column(table, name).isRequired) return false
    return name === columns.id ? !hasUuids(target, table, name) : !known.includes(name)
  })
  if (missing.length === 0) return
  const hints = missing.map((name) => `--set ${table}.${name}=…`)
  throw new StartError(
    `New rows of ${table} need a value for ${missing.join(', ')}, for which the database has no default. ` +
      `Give it with ${hints.join(' ')}`,
  )
}

/** Reads the values of --set, which are `table.column=value`. @throws StartError if one has another form */
export function readExtraValues(settings: readonly string[]): Map<string, Record<string, string>> {
  const values = new Map<string, Record<string, string>>()
  for (const setting of settings) {
    const [, table = '', column = '', value = ''] = /^([^=]+)\.([^=.]+)=(.*)$/s.exec(setting) ?? []
    if (table === '') throw new StartError(`--set takes table.column=value, not ${setting}.`)
    values.set(table, { ...values.get(table), [column]: value })
  }
  return values
}
