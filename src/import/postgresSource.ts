import { clientConfig } from '../db/clientConfig.ts'
import { Client } from '../db/client.ts'
import { explainConnectionError } from '../db/connectDatabase.ts'
import { describeDatabase } from '../config/databaseUrl.ts'
import { StartError } from '../problems.ts'
import { makeSelect, quoteName, type Source, type SourceRow } from './source.ts'

const timeouts = { connectTimeout: 10_000, statementTimeout: 600_000, queryTimeout: 660_000 }
/** Leaves every value as the text that PostgreSQL sends. */
const asText = { getTypeParser: () => (text: string) => text }

/**
 * Opens a PostgreSQL database. All statements see the database as it was at the first one, and none can write.
 * @throws StartError if the database cannot be reached
 */
export async function openPostgres(url: string): Promise<Source> {
  const client = new Client({ ...clientConfig(url, { role: 'import', ...timeouts }), types: asText })
  client.on('error', () => undefined) // A lost connection also fails the statement that is running.
  const query = async (text: string, values: readonly unknown[] = []) =>
    (await client.query<SourceRow>(text, [...values])).rows
  try {
    await client.connect()
    await query('begin isolation level repeatable read read only')
    await query(`set local timezone = 'UTC'`)
    await query(`set local datestyle = 'ISO'`)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw new StartError(`The database to import from cannot be used: ${explainConnectionError(error, url)}`)
  }
  return {
    description: `PostgreSQL, ${describeDatabase(url)}`,
    tables: groupColumns(await query(columnsOfTables)),
    async select(selection) {
      const { text, values } = makeSelect(selection, {
        text: (column) => column,
        anyOf: (column) => `${column} = any(?)`,
      })
      let number = 0
      const parameters = 'column' in selection ? [values.map(String)] : values
      return query(
        text.replaceAll('?', () => `$${String(++number)}`),
        parameters,
      )
    },
    async count(table) {
      const [row] = await query(`select count(*) as count from ${quoteName(table)}`)
      return Number(row?.['count'])
    },
    close: () => client.end(),
  }
}

const columnsOfTables = `
  select c.table_name, c.column_name from information_schema.columns c
  where c.table_schema = any(current_schemas(false)) order by c.table_name, c.ordinal_position`

export function groupColumns(rows: readonly SourceRow[]): Map<string, string[]> {
  const tables = new Map<string, string[]>()
  for (const { table_name: table, column_name: column } of rows) {
    const columns = tables.get(String(table)) ?? []
    columns.push(String(column))
    tables.set(String(table), columns)
  }
  return tables
}
