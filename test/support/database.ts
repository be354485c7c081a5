import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded, type EmbeddedDatabase } from '../../src/embedded/embedded.ts'
import { throwAwayParameters } from '../../src/embedded/throwAway.ts'
import { migrate } from '../../src/db/migrate.ts'
import { scratch } from './scratch.ts'

const template = 'gatehouse_template'
// The role of the service under test. Every test of an operation shows that its rights suffice (security 83).
const role = 'gatehouse_test_service'

let embedded: EmbeddedDatabase | undefined
let folder: string | undefined
let records: string | undefined

/**
 * Creates a migrated template on the server TEST_DATABASE_URL, or on an embedded one for all test files. TEST_FOLDER is
 * a folder for files that several test files share.
 */
export async function mochaGlobalSetup(): Promise<void> {
  if (process.env['COVERAGE'] !== undefined)
    process.env['COVERAGE_DIR'] = records = await mkdtemp(join(tmpdir(), 'gatehouse-coverage-'))
  process.env['TEST_FOLDER'] = folder = await mkdtemp(join(scratch, 'gatehouse-test-'))
  await chmod(folder, 0o711) // root runs servers as another user, who must be able to enter the folder
  if (process.env['TEST_DATABASE_URL'] === undefined) {
    const parameters = { ...throwAwayParameters, max_connections: '400' } // several test files at once need over 100
    embedded = await startEmbedded(folder, { role: 'command', parameters })
    process.env['TEST_DATABASE_URL'] = embedded.url
    const { username, password } = new URL(embedded.url)
    await setQuickPassword(username, decodeURIComponent(password))
  }
  try {
    await onServer(`drop database if exists ${template} with (force)`)
    await onServer(`create database ${template} template template0 encoding 'UTF8'`)
    await onServer(`do $$ begin create role ${role} login; exception when duplicate_object then null; end $$`)
    await setQuickPassword(role, role)
    await migrate(urlOf(template), { grantTo: role })
    await preventCleanUp(urlOf(template))
  } catch (error) {
    await embedded?.stop() // mocha runs no teardown after a failed setup
    throw error
  }
}

/** Prevents the hourly clean-up, which would remove expired rows of a test that runs at its minute. */
async function preventCleanUp(url: string): Promise<void> {
  await query(
    url,
    `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
     values ('clean_up', now(), 'infinity')`,
  )
  await closePool(url) // no database is created from a template with connections
}

/**
 * Sets a password that PostgreSQL verifies quickly, because the tests open thousands of connections. PostgreSQL 15
 * does not have the setting.
 */
async function setQuickPassword(name: string, password: string): Promise<void> {
  await onServer(
    `do $$ begin
      perform set_config('scram_iterations', '1', true) from pg_settings where name = 'scram_iterations';
      alter role ${name} password '${password}';
    end $$`,
  )
}

export async function mochaGlobalTeardown(): Promise<void> {
  await onServer(`drop database if exists ${template} with (force)`)
  // Fails if a failed test has left a database in which the role has rights.
  await onServer(`drop role ${role}`).catch(() => undefined)
  await closePool(process.env['TEST_DATABASE_URL'] ?? '')
  await embedded?.stop()
  for (const made of [folder, records]) if (made !== undefined) await rm(made, { recursive: true, force: true })
}

/**
 * Creates a migrated database. `url` connects as its owner, `serviceUrl` as the role of the service.
 * @param locale an ICU locale, instead of that of the server
 */
export async function createTestDatabase(
  locale?: string,
): Promise<{ url: string; serviceUrl: string; drop: () => Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const url = urlOf(name)
  if (locale === undefined) await onServer(`create database ${name} template ${template} strategy file_copy`)
  else {
    await onServer(
      `create database ${name} template template0 encoding 'UTF8' locale_provider icu icu_locale '${locale}'`,
    )
    await migrate(url, { grantTo: role })
    await preventCleanUp(url)
  }
  return {
    url,
    serviceUrl: Object.assign(new URL(url), { username: role, password: role }).href,
    async drop() {
      await closePool(url)
      await onServer(`drop database ${name} with (force)`)
    },
  }
}

const pools = new Map<string, pg.Pool>()

/** Runs SQL on a database, without the service. Keeps the connection, because opening one takes most of the time. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  let pool = pools.get(url)
  if (!pool) {
    pool = new pg.Pool({ connectionString: url, allowExitOnIdle: true })
    pool.on('error', () => undefined) // some tests end every connection
    pools.set(url, pool)
  }
  return (await pool.query<Row>(text, values)).rows
}

async function closePool(url: string): Promise<void> {
  await pools.get(url)?.end()
  pools.delete(url)
}

function urlOf(database: string): string {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? '')
  url.pathname = `/${database}`
  return url.href
}

function onServer(text: string): Promise<object[]> {
  return query(process.env['TEST_DATABASE_URL'] ?? '', text)
}
