import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StartError } from '../problems.ts'
import { groupColumns } from './postgresSource.ts'
import { makeSelect, quoteName, type Source, type SourceRow, type Value } from './source.ts'

/** Opens a SQLite database file for reading. @throws StartError if it is not one */
export function openSqlite(file: string): Source {
  try {
    return readSqlite(new DatabaseSync(file, { readOnly: true }), `SQLite, ${file}`)
  } catch (error) {
    throw new StartError(`${file} cannot be read as a SQLite database: ${(error as Error).message}`)
  }
}

/** Makes a source of an open SQLite database, which `close` closes. */
export function readSqlite(database: DatabaseSync, description: string): Source {
  const statements = new Map<string, StatementSync>()
  const query = (text: string, values: readonly Value[] = []) => {
    const statement = statements.get(text) ?? database.prepare(text)
    statements.set(text, statement)
    return statement.all(...values) as SourceRow[]
  }
  const tables = groupColumns(
    query(
      `select t.name as table_name, c.name as column_name from sqlite_schema t join pragma_table_info(t.name) c
       where t.type in ('table', 'view') order by t.name, c.cid`,
    ),
  )
  return {
    description,
    tables,
    select(selection) {
      const { text, values } = makeSelect(selection, {
        text: (column) => column,
        anyOf: (column, count) => `${column} in (${Array.from({ length: count }, () => '?').join()})`,
      })
      return Promise.resolve(query(text, values))
    },
    count: (table) => Promise.resolve(Number(query(`select count(*) as count from ${quoteName(table)}`)[0]?.['count'])),
    close() {
      database.close()
      return Promise.resolve()
    },
  }
}
