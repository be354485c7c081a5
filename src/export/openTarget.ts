import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { connectPostgres, numberParameters, readPostgres } from '../import/postgresSource.ts'
import { quoteName, type SourceRow, type Value } from '../import/source.ts'
import { readSqlite } from '../import/sqliteSource.ts'
import { StartError } from '../problems.ts'
import type { AnyOf, Column, Target } from './target.ts'

/**
 * Opens the database of a Django project for writing.
 * @param to the URL of a PostgreSQL database, or the path of a SQLite database
 * @param isReadOnly whether the database refuses to write
 * @throws StartError if it cannot be used
 */
export async function openTarget(to: string, isReadOnly: boolean): Promise<Target> {
  if (/^postgres(ql)?:\/\//i.test(to)) return openPostgresTarget(to, isReadOnly)
  if (/^\w+:\/\//.test(to) || !existsSync(to))
    throw new StartError('--to takes the URL of a PostgreSQL database or an existing SQLite file.')
  return openSqliteTarget(to, isReadOnly)
}

async function openPostgresTarget(url: string, isReadOnly: boolean): Promise<Target> {
  const { query, close } = await connectPostgres(
    url,
    ['export', 'The database of Django'],
    [
      `set timezone = 'UTC'`,
      `set datestyle = 'ISO'`,
      `set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`,
    ],
  )
  const run = (text: string, values: readonly unknown[]) => query(numberParameters(text), values)
  return {
    ...(await readPostgres(query, close, url)),
    column: findColumn(await query(columnsOfPostgres)),
    run,
    selectAny: (selection) => {
      const { text, period } = writeSelection(selection, `= any(?)`)
      return run(text, [selection.values.map(String), ...period.map((moment) => `${moment}+00`)])
    },
    transaction: (work) => transact(query, 'begin', work),
    boolean: String,
    moment: (text) => `${text}+00`,
  }
}

function openSqliteTarget(file: string, isReadOnly: boolean): Target {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(file, { readOnly: isReadOnly, timeout: 10_000 })
    const source = readSqlite(database, `SQLite, ${file}`)
    const query = (text: string, values: readonly Value[] = []) =>
      Promise.resolve(database.prepare(text).all(...values) as SourceRow[])
    return {
      ...source,
      column: findColumn(database.prepare(columnsOfSqlite).all() as SourceRow[]),
      run: query,
      selectAny: (selection) => {
        const { text, period } = writeSelection(selection, `in (${selection.values.map(() => '?').join()})`)
        return query(text, [...selection.values, ...period.map(asSqliteMoment)])
      },
      transaction: (work) => transact(query, 'begin immediate', work),
      boolean: Number,
      moment: asSqliteMoment,
    }
  } catch (error) {
    throw new StartError(`${file} cannot be used as a SQLite database: ${(error as Error).message}`)
  }
}

function writeSelection({ table, columns, column, period }: AnyOf, anyOf: string): { text: string; period: string[] } {
  const list = Object.entries(columns).map(([name, each]) => `${quoteName(each)} as ${quoteName(name)}`)
  const during = period ? ` and ${quoteName(period.column)} between ? and ?` : ''
  return {
    text: `select ${list.join(', ')} from ${quoteName(table)} where ${quoteName(column)} ${anyOf}${during}`,
    period: period ? [period.from, period.to] : [],
  }
}

async function transact<Result>(
  query: (text: string) => Promise<unknown>,
  begin: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await query(begin)
  try {
    const result = await work()
    await query('commit')
    return result
  } catch (error) {
    await query('rollback').catch(() => undefined) // The first error says more.
    throw error
  }
}

/** Django stores no fraction of a whole second. So texts have the order of the moments. */
function asSqliteMoment(text: string): string {
  return text.replace(/\.000000$/, '')
}

const columnsOfPostgres = `
  select table_name, column_name, data_type as type, character_maximum_length as length,
    (is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER')::int as required
  from information_schema.columns where table_schema = any(current_schemas(false))`
const columnsOfSqlite = `
  select t.name as table_name, c.name as column_name, lower(c.type) as type, null as length,
    c."notnull" and c.dflt_value is null and not (c.pk = 1 and lower(c.type) = 'integer') as required
  from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table'`

function findColumn(rows: readonly SourceRow[]): Target['column'] {
  const columns = new Map<string, Column>()
  for (const { table_name: table, column_name: column, type, length, required } of rows) {
    const given = length ?? /^(?:var)?char\((\d+)\)$/.exec(String(type))?.[1]
    columns.set(`${String(table)} ${String(column)}`, {
      type: String(type),
      isRequired: Number(required) === 1,
      maxLength: given === undefined ? undefined : Number(given),
    })
  }
  return (table, name) => {
    const column = columns.get(`${table} ${name}`)
    if (!column) throw new StartError(`${table} is not a table that can be written to, or has no column ${name}.`)
    return column
  }
}
