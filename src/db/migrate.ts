import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { createPool, sql, type CommonQueryMethods } from 'slonik'
import { StartError } from '../problems.ts'
import { clientConfig, poolConfig } from './clientConfig.ts'
import { createDriver, slonikUrl } from './driver.ts'
import { applyMigration, type Migration } from './migrate/apply.ts'
import { withMigrationLock } from './migrate/lock.ts'
import { findOtherTablesOwner, grantRights } from './migrate/rights.ts'
import { hasMigrationsTable, requireCreatable, requireUsableServer } from './migrate/requirements.ts'
import { row } from './row.ts'
import { statement } from './rawSql.ts'

export type { Migration }

export type MigrateOptions = {
  migrations?: Migration[]
  /** Aborts the wait for the migration lock. */
  signal?: AbortSignal
  /** Receives one sentence for the log when another process holds the migration lock. */
  onWaiting?: (sentence: string) => void
  /** A database role to which the migration grants the rights that the service needs. */
  grantTo?: string | undefined
}

const migrationsFolder = new URL('../../sql/migrations/', import.meta.url)

const own = { role: 'migrate', connectTimeout: 5000 }

const migrationsTable = `create table if not exists migrations (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
)`

// This query is not in sql/queries, because the generator of those queries needs a migrated schema.
const listMigrations = sql.type(
  row<{ number: number; name: string; checksum: string }>(),
)`select number, name, checksum from migrations order by number`

/** Reads the migrations of a folder in the order of their numbers. */
export async function readMigrations(folder: URL = migrationsFolder): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      return { number: Number(name.slice(0, 4)), name, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/**
 * Brings the schema up to date. The function holds the migration lock. It runs the migrations of graphile-worker and
 * then those of Gatehouse, each in one transaction. Then it grants the roles of the service their rights. When the
 * connected role does not own the tables, nothing is changed, and the schema must be up to date already.
 * @returns the names of the migrations that this call applied
 * @throws StartError when the database does not meet the requirements; in this case nothing was changed
 * @throws StartError when an applied migration was edited or is unknown. An unknown migration with a higher number
 * than all known migrations is no error: it belongs to a newer release, which can run at the same time as this
 * release.
 * @throws StartError when a change is necessary that only the owner of the tables can make
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<string[]> {
  const { migrations = await readMigrations(), signal, onWaiting, grantTo } = options
  return withMigrationLock(url, { signal, onWaiting }, async () => {
    const pool = await createPool(slonikUrl, {
      driverFactory: createDriver(clientConfig(url, own)),
      maxPoolSize: 1,
      connectionRetryLimit: 1,
      captureStackTrace: false,
      resetConnection: async () => {},
    })
    try {
      return await pool.connect(async (connection) => {
        await requireUsableServer(connection)
        const owner = await findOtherTablesOwner(connection)
        const due = (await hasMigrationsTable(connection)) ? await findDue(connection, migrations) : migrations
        if (owner !== undefined) requireUpToDate(due, { owner, grantTo })
        else await requireCreatable(connection, due, exclude(migrations, due))
        await migrateWorker(url)
        if (owner !== undefined) return []
        await migrateSchema(connection, due)
        await grantRights(connection, grantTo)
        return due.map(({ name }) => name)
      })
    } finally {
      await pool.end()
    }
  })
}

function exclude(migrations: Migration[], due: Migration[]): Migration[] {
  return migrations.filter((migration) => !due.includes(migration))
}

function requireUpToDate(due: Migration[], { owner, grantTo }: { owner: string; grantTo: string | undefined }): void {
  if (grantTo !== undefined) throw new StartError(`The tables belong to ${owner}: only that user can grant rights.`)
  if (due.length === 0) return
  const names = due.map(({ name }) => name).join(', ')
  throw new StartError(`The database lacks ${names}: run gatehouse migrate as ${owner}, who owns its tables.`)
}

async function migrateSchema(connection: CommonQueryMethods, due: Migration[]): Promise<void> {
  await connection.query(statement(migrationsTable))
  for (const migration of due) await applyMigration(connection, migration)
  await connection.query(
    sql.unsafe`select make_partitions(parent, 3) from unnest(array['login_logs', 'security_events']) as parent`,
  )
}

/**
 * Returns the migrations that have not been applied yet.
 * @throws StartError when an applied migration differs from its file, or has no file
 */
async function findDue(connection: CommonQueryMethods, wanted: Migration[]): Promise<Migration[]> {
  const applied = await connection.any(listMigrations)
  const newest = Math.max(...wanted.map((migration) => migration.number))
  for (const { number, name, checksum } of applied) {
    const known = wanted.find((migration) => migration.number === number)
    if (!known && number > newest) continue
    if (!known)
      throw new StartError(
        `The database has migration ${name}, which is not in sql/migrations: put the file back, or run the release that has it.`,
      )
    if (known.checksum !== checksum)
      throw new StartError(
        `Migration ${known.name} was edited after it had been applied: put the file back as it was, and write the change as a new migration.`,
      )
  }
  return wanted.filter(({ number }) => !applied.some((migration) => migration.number === number))
}

async function migrateWorker(url: string): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  const pool = new pg.Pool({ ...poolConfig(url, own), max: 1 })
  // The statement that fails reports an error of the connection. Without a listener, the event of the same error
  // would end the process.
  const ignore = () => undefined
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) })
  } finally {
    await pool.end()
  }
}
