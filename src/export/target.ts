import { quoteName, type Source, type SourceRow, type Value } from '../import/source.ts'

export type Column = {
  /** The type as the database names it, in lower case. */
  type: string
  /** Whether a new row must have a value: the column is not null, and the database has no default for it. */
  isRequired: boolean
  /** The maximum length of a text in characters. */
  maxLength: number | undefined
}

/** The database of a Django project to write to. Parameters of statements are written as `?`. */
export type Target = Source & {
  column: (table: string, name: string) => Column
  run: (text: string, values: readonly Value[]) => Promise<SourceRow[]>
  /** Reads the rows with one of several values in a column, of one period if it is given. */
  selectAny: (selection: AnyOf) => Promise<SourceRow[]>
  transaction: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Converts a value to what the database stores. */
  boolean: (value: boolean) => Value
  /** @param text a moment in UTC, in the form of `toMoment` */
  moment: (text: string) => Value
}

export type AnyOf = {
  table: string
  columns: Readonly<Record<string, string>>
  column: string
  values: readonly Value[]
  period?: { column: string; from: string; to: string }
}

const maxRows = 500 // of a statement. SQLite has at most 32,766 parameters

/** Returns a legacy id as the database stores it in a column. SQLite has UUIDs as 32 hexadecimal digits. */
export function toKey(target: Target, table: string, column: string, legacyId: string): Value {
  return target.column(table, column).type === 'char(32)' ? legacyId.replaceAll('-', '') : legacyId
}

/** Checks whether the project, and not its database, makes the values of a primary key. */
export function hasUuids(target: Target, table: string, column: string): boolean {
  return ['uuid', 'char(32)'].includes(target.column(table, column).type)
}

export async function updateRow(
  target: Target,
  table: string,
  key: { column: string; value: Value },
  values: Readonly<Record<string, Value>>,
): Promise<void> {
  const assignments = Object.keys(values).map((name) => `${quoteName(name)} = ?`)
  const text = `update ${quoteName(table)} set ${assignments.join(', ')} where ${quoteName(key.column)} = ?`
  await target.run(text, [...Object.values(values), key.value])
}

/**
 * Inserts rows that all have the same columns.
 * @param returning the columns of the new rows to return, in any order of the rows
 */
export async function insertRows(
  target: Target,
  table: string,
  rows: readonly Readonly<Record<string, Value>>[],
  returning: Readonly<Record<string, string>>,
): Promise<SourceRow[]> {
  const names = Object.keys(rows[0] ?? {})
  const result = Object.entries(returning).map(([name, column]) => `${quoteName(column)} as ${quoteName(name)}`)
  const inserted: SourceRow[] = []
  for (let start = 0; start < rows.length; start += maxRows) {
    const part = rows.slice(start, start + maxRows)
    const tuple = `(${names.map(() => '?').join()})`
    const text = `insert into ${quoteName(table)} (${names.map(quoteName).join()}) values ${part.map(() => tuple).join()}
      returning ${result.join()}`
    const values = part.flatMap((row) => names.map((name) => row[name] ?? null))
    inserted.push(...(await target.run(text, values)))
  }
  return inserted
}
