import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool, sql, type CommonQueryMethods } from 'slonik'
import { Problem, StartError } from '../problems.ts'
import { asUnavailable, faultCode } from './faults.ts'
import { row } from './row.ts'
import { splitStatements } from './statements.ts'

export type Migration = { number: number; name: string; text: string; checksum: string }

const migrationsFolder = new URL('../../sql/migrations/', import.meta.url)

// Any number will do, as long as every Gatehouse takes the same one.
const advisoryLock = 4_283_646_378

const migrationsTable = `create table if not exists migrations (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
)`

const tryLock = sql.type(row<{ locked: boolean }>())`select pg_try_advisory_lock(${advisoryLock}) as locked`

// Not in sql/queries: the generator runs the migrations before it can describe a query.
const listMigrations = sql.type(
  row<{ number: number; name: string; checksum: string }>(),
)`select number, name, checksum from migrations order by number`

/** The migrations of a folder, in order. */
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
 * Brings the schema up to date: graphile-worker's own migrations, then ours, each in one transaction, all under an advisory lock.
 * @param signal ends the wait for the lock
 * @returns the names of those that were applied now
 * @throws StartError when an applied migration was edited, or is unknown here; one beyond ours is a newer release's, beside which this one goes on (F17)
 */
export async function migrate(url: string, migrations?: Migration[], signal?: AbortSignal): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations())
  const pool = await createPool(url, {
    maxPoolSize: 1,
    connectionTimeout: 5000,
    connectionRetryLimit: 1,
    statementTimeout: 'DISABLE_TIMEOUT',
    idleInTransactionSessionTimeout: 'DISABLE_TIMEOUT',
    captureStackTrace: false,
    resetConnection: async () => {},
    typeParsers: [],
  })
  try {
    return await pool.connect(async (connection) => {
      while (!(await connection.oneFirst(tryLock))) await sleep(200, undefined, { signal })
      try {
        await migrateWorker(url)
        return await migrateSchema(connection, wanted)
      } finally {
        await connection.query(sql.unsafe`select pg_advisory_unlock(${advisoryLock})`)
      }
    })
  } finally {
    await pool.end()
  }
}

async function migrateSchema(connection: CommonQueryMethods, wanted: Migration[]): Promise<string[]> {
  await connection.query(statement(migrationsTable))
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
  const due = wanted.filter(({ number }) => !applied.some((migration) => migration.number === number))
  for (const migration of due) await apply(connection, migration)
  await connection.query(
    sql.unsafe`select make_partitions(parent, 3) from unnest(array['login_logs', 'security_events']) as parent`,
  )
  return due.map(({ name }) => name)
}

async function apply(connection: CommonQueryMethods, { number, name, text, checksum }: Migration): Promise<void> {
  await connection.transaction(async (transaction) => {
    for (const part of splitStatements(text)) {
      await transaction.query(statement(part)).catch((error: unknown) => {
        throw explain(error, name, part)
      })
    }
    await transaction.query(
      sql.unsafe`insert into migrations (number, name, checksum) values (${number}, ${name}, ${checksum})`,
    )
  })
}

/** Names the statement at fault; what may succeed later, a lost connection or a deadlock, stays as it is. */
function explain(error: unknown, name: string, part: string): unknown {
  if (asUnavailable(error) instanceof Problem || faultCode(error)?.startsWith('40')) return error
  let words = error
  while (words instanceof Error && words.cause instanceof Error) words = words.cause
  const [line] = part.split('\n').filter((text) => !text.startsWith('--'))
  return new StartError(`Migration ${name} failed: ${(words as Error).message}. The statement begins: ${line ?? ''}`)
}

async function migrateWorker(url: string): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  await runMigrations({ connectionString: url, logger: new Logger(() => () => {}) })
}

/** Raw SQL as Slonik takes it: a template without values. */
function statement(text: string) {
  const strings = Object.assign([text], { raw: Object.freeze([text]) })
  return sql.unsafe(Object.freeze(strings))
}
