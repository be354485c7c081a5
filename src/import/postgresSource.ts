import { clientConfig } from '../db/clientConfig.ts'
import { Client } from '../db/client.ts'
import { explainConnectionError } from '../db/connectDatabase.ts'
import { describeDatabase } from '../config/databaseUrl.ts'
import { StartError } from '../problems.ts'
import { makeSelect, quoteName, type Source, type SourceRow } from './source.ts'

const timeouts = { connectTimeout: 10_000, statementTimeout: 600_000, queryTimeout: 660_000 }
/** Leaves every value as the text that PostgreSQL sends. */
const asText = { getTypeParser: () => (text: string) => text }

/** Runs a statement whose values are all read as text. */
export type TextQuery = (text: string, values?: readonly unknown[]) => Promise<SourceRow[]>

/**
 * Opens a PostgreSQL database. All statements see the database as it was at the first one, and none can write.
 * @throws StartError if the database cannot be reached
 */
export async function openPostgres(url: string): Promise<Source> {
  const { query, close } = await connectPostgres(
    url,
    ['import', 'The database to import from'],
    ['begin isolation level repeatable read read only', `set local timezone = 'UTC'`, `set local datestyle = 'ISO'`],
  )
  return readPostgres(query, close, url)
}

/**
 * Connects to a PostgreSQL database and runs the first statements.
 * @param role what the connection is for, as PostgreSQL shows it, and `name` the database in messages
 * @throws StartError if the database cannot be reached
 */
export async function connectPostgres(
  url: string,
  [role, name]: readonly [role: string, name: string],
  statements: readonly string[],
): Promise<{ query: TextQuery; close: () => Promise<void> }> {
  const client = new Client({ ...clientConfig(url, { role, ...timeouts }), types: asText })
  client.on('error', () => undefined) // A lost connection also fails the statement that is running.
  const query: TextQuery = async (text, values = []) => (await client.query<SourceRow>(text, [...values])).rows
  try {
    await client.connect()
    for (const statement of statements) await query(statement)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw new StartError(`${name} cannot be used: ${explainConnectionError(error, url)}`)
  }
  return { query, close: () => client.end() }
}

/** Replaces each `?` of a statement by the numbered parameter of PostgreSQL. */
export function numberParameters(text: string): string {
  let number = 0
  return text.replaceAll('?', () => `$${String(++number)}`)
}

/** Makes a source of a connection. */
export async function readPostgres(query: TextQuery, close: () => Promise<void>, url: string): Promise<Source> {
  return {
    description: `PostgreSQL, ${describeDatabase(url)}`,
    tables: groupColumns(await query(columnsOfTables)),
    async select(selection) {
      const { text, values } = makeSelect(selection, {
        text: (column) => column,
        anyOf: (column) => `${column} = any(?)`,
      })
      return query(numberParameters(text), 'column' in selection ? [values.map(String)] : values)
    },
    async count(table) {
      const [row] = await query(`select count(*) as count from ${quoteName(table)}`)
      return Number(row?.['count'])
    },
    close,
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
