/** A value of a row: text, a number or null. SQLite has no other types, and of PostgreSQL every value is read as text. */
export type Value = string | number | null
export type SourceRow = Record<string, Value>

/** A database to import from, which is only read. */
export type Source = {
  /** What the database is, for messages, without a password. */
  description: string
  /** The columns of each table. */
  tables: ReadonlyMap<string, readonly string[]>
  /**
   * Reads rows. Parameters are written as `?`, and a list is one parameter.
   * @param columns the columns of the result by their new names, of which `key` orders the rows
   */
  select: (selection: Selection) => Promise<SourceRow[]>
  count: (table: string) => Promise<number>
  close: () => Promise<void>
}

export type Selection = {
  table: string
  /** The columns to read, by the names that they get in the result. */
  columns: Readonly<Record<string, string>>
} & ({ key: string; after: Value; limit: number } | { column: string; values: readonly Value[] })

/** Quotes the name of a table or column, which comes from the source or from the command line. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * Makes a statement that reads rows in the order of a key, or the rows with one of several values in a column.
 * @param dialect.text converts a column to text where the driver would convert it otherwise
 */
export function makeSelect(
  selection: Selection,
  dialect: { text: (column: string) => string; anyOf: (column: string, count: number) => string },
): { text: string; values: Value[] } {
  const columns = Object.entries(selection.columns)
    .map(([name, column]) => `${dialect.text(quoteName(column))} as ${quoteName(name)}`)
    .join(', ')
  const from = `select ${columns} from ${quoteName(selection.table)}`
  if ('column' in selection)
    return {
      text: `${from} where ${dialect.anyOf(quoteName(selection.column), selection.values.length)}`,
      values: [...selection.values],
    }
  const { after, limit } = selection
  const key = quoteName(selection.key)
  const position = after === null ? '' : ` where ${key} > ?`
  return {
    text: `${from}${position} order by ${key} limit ${String(limit)}`,
    values: after === null ? [] : [after],
  }
}

/** Reads all rows of a table in batches, in the order of a key. The column of the key must be in the result. */
export async function* readBatches(
  source: Source,
  {
    table,
    columns,
    key,
    size,
  }: { table: string; columns: Readonly<Record<string, string>>; key: string; size: number },
): AsyncGenerator<SourceRow[]> {
  let after: Value = null
  for (;;) {
    const rows = await source.select({ table, columns: { ...columns, 'source key': key }, key, after, limit: size })
    const last = rows.at(-1)
    if (!last) return
    yield rows
    if (rows.length < size) return
    after = last['source key'] ?? null
  }
}
