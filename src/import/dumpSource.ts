import { createReadStream } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StartError } from '../problems.ts'
import { readJsonObjects } from './jsonObjects.ts'
import { quoteName, type Source, type Value } from './source.ts'
import { readSqlite } from './sqliteSource.ts'

const batch = 10_000

/**
 * Reads the JSON of dumpdata into a temporary SQLite database on disk, which is then a source like any other. Model
 * `app.user` becomes the table `app_user`, its primary key the column `id`.
 * @throws StartError if the file is not the JSON of dumpdata
 */
export async function openDump(file: string): Promise<Source> {
  const database = new DatabaseSync('') // SQLite deletes this temporary file when it is closed.
  try {
    const tables = new DumpTables(database)
    let count = 0
    database.exec('begin')
    for await (const entry of readJsonObjects(createReadStream(file, 'utf8'))) {
      tables.insert(entry)
      if (++count % batch === 0) database.exec('commit; begin')
    }
    database.exec('commit')
    return readSqlite(database, `dumpdata, ${file}`)
  } catch (error) {
    database.close()
    throw error instanceof StartError ? error : new StartError(`${file} cannot be read: ${(error as Error).message}`)
  }
}

/** The tables of a dump. A column is added when an object has a new field. */
class DumpTables {
  readonly #database: DatabaseSync
  readonly #tables = new Map<string, { columns: string[]; statement: StatementSync }>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  insert(entry: unknown): void {
    const { model, pk, fields } = entry as { model?: unknown; pk?: unknown; fields?: unknown }
    if (typeof model !== 'string' || typeof fields !== 'object' || fields === null)
      throw new StartError('The file is not the JSON of dumpdata: an object has no model and fields.')
    if (pk === undefined || pk === null)
      throw new StartError(`The dump has no primary keys of ${model}: make it without --natural-primary.`)
    const values: Record<string, unknown> = { id: pk, ...fields }
    const { columns, statement } = this.#tableFor(model.replaceAll('.', '_'), Object.keys(values))
    statement.run(...columns.map((column) => toValue(values[column])))
  }

  #tableFor(name: string, fields: readonly string[]): { columns: string[]; statement: StatementSync } {
    const known = this.#tables.get(name)
    const missing = fields.filter((field) => !known?.columns.includes(field))
    if (known && missing.length === 0) return known
    const table = quoteName(name)
    if (!known) this.#database.exec(`create table ${table} (id primary key)`)
    const columns = [...(known?.columns ?? ['id']), ...missing.filter((field) => field !== 'id')]
    for (const column of missing)
      if (column !== 'id') this.#database.exec(`alter table ${table} add column ${quoteName(column)}`)
    const places = columns.map(() => '?').join()
    const statement = this.#database.prepare(
      `insert into ${table} (${columns.map(quoteName).join()}) values (${places})`,
    )
    const created = { columns, statement }
    this.#tables.set(name, created)
    return created
  }
}

function toValue(value: unknown): Value {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}
