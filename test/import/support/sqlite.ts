import { rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { madeHashes } from '../../support/django.ts'

type Columns = Record<string, string | number | null>

/** The columns of a user of Django. */
export function djangoUser(id: string | number, email: string, columns: Columns = {}): Columns {
  const [password = ''] = madeHashes.quick
  const dates = { date_joined: '2025-01-02 03:04:05.678901', last_login: null }
  const names = { first_name: '', last_name: '' }
  return { id, email, password, ...names, is_active: 1, is_superuser: 0, is_staff: 0, ...dates, ...columns }
}

/** Writes a SQLite database with tables of these rows. */
export async function writeSqlite(file: string, tables: Record<string, Columns[]>): Promise<void> {
  await rm(file, { force: true })
  const database = new DatabaseSync(file)
  for (const [table, rows] of Object.entries(tables)) {
    const columns = Object.keys(rows[0] ?? {})
    database.exec(`create table ${table} (${columns.map((name) => (name === 'id' ? 'id primary key' : name)).join()})`)
    const insert = database.prepare(`insert into ${table} values (${columns.map(() => '?').join()})`)
    database.exec('begin')
    for (const row of rows) insert.run(...Object.values(row))
    database.exec('commit')
  }
  database.close()
}
