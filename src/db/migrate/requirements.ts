import { sql, type CommonQueryMethods } from 'slonik'
import { StartError } from '../../problems.ts'
import { row } from '../row.ts'
import type { Migration } from './apply.ts'

const minVersion = 150_000
const ownDatabaseHint =
  'give Gatehouse a separate database (create database gatehouse encoding ’UTF8’ template template0)'

type Server = { version: number; version_name: string; encoding: string; read_only: boolean; schema: string | null }

const readServer = sql.type(row<Server>())`
  select current_setting('server_version_num')::int as version, current_setting('server_version') as version_name,
    current_setting('server_encoding') as encoding, current_setting('transaction_read_only') = 'on' as read_only,
    current_schema() as schema`

const readMigrationsTable = sql.type(row<{ is_ours: boolean }>())`
  select count(*) filter (where attname in ('number', 'name', 'checksum', 'applied_at')) = 4 as is_ours
  from pg_attribute where attrelid = to_regclass('migrations') and attnum > 0 having count(*) > 0`

const findRights = sql.type(row<{ schema: boolean; worker: boolean }>())`
  select has_schema_privilege(current_schema(), 'create') as schema,
    has_database_privilege(current_database(), 'create') or to_regnamespace('graphile_worker') is not null as worker`

/**
 * Checks that the server and the database meet Gatehouse's requirements, before a migration changes anything.
 * @throws StartError when they do not meet a requirement
 * @throws Error with SQLSTATE 25006 for a standby server, which the start waits for because it may become the primary
 * server
 */
export async function requireUsableServer(connection: CommonQueryMethods): Promise<void> {
  const server = await connection.one(readServer)
  if (server.version < minVersion)
    throw new StartError(`The database’s PostgreSQL is ${server.version_name}: Gatehouse needs PostgreSQL 15 or later.`)
  if (server.encoding !== 'UTF8')
    throw new StartError(`The database’s encoding is ${server.encoding}, Gatehouse needs UTF8: ${ownDatabaseHint}.`)
  if (server.read_only)
    throw Object.assign(new Error('it is read-only: a standby server, or one with default_transaction_read_only'), {
      code: '25006',
    })
  if (server.schema === null)
    throw new StartError('No schema of the search_path exists in the database: create it, or correct the search_path.')
}

/**
 * Whether the table `migrations` exists, which records Gatehouse's migrations.
 * @throws StartError when the table belongs to another program
 */
export async function hasMigrationsTable(connection: CommonQueryMethods): Promise<boolean> {
  const found = await connection.maybeOne(readMigrationsTable)
  if (found?.is_ours === false) throw takenNamesError(['migrations'])
  return found !== null
}

/**
 * Checks that the connected role may create the tables of the due migrations, and that no other program uses the
 * names of these tables.
 * @throws StartError when the role may not create them or another program uses a name
 */
export async function requireCreatable(
  connection: CommonQueryMethods,
  due: Migration[],
  applied: Migration[],
): Promise<void> {
  if (due.length === 0) return
  const rights = await connection.one(findRights)
  if (!rights.schema || !rights.worker) {
    const [what, where] = rights.schema ? ['schemas', 'the database'] : ['tables', 'its schema']
    throw new StartError(
      `The database’s user may not create ${what} in ${where}: run gatehouse migrate as the owner of the database, with --grant-to and this user’s name, or grant create on ${where}.`,
    )
  }
  const names = due.flatMap(namesCreatedBy).filter((name) => !applied.flatMap(namesCreatedBy).includes(name))
  const taken = await connection.any(sql.type(row<{ name: string }>())`
    select name from unnest(${sql.array(names, 'text')}) as name, pg_namespace n
    where n.nspname = current_schema() and (
      exists (select from pg_class where relnamespace = n.oid and relname = name)
      or exists (select from pg_type where typnamespace = n.oid and typname = name)
      or exists (select from pg_proc where pronamespace = n.oid and proname = name))
    order by name`)
  if (taken.length > 0) throw takenNamesError(taken.map(({ name }) => name))
}

function namesCreatedBy({ text }: Migration): string[] {
  return [...text.matchAll(/^create (?:unique )?(?:table|index|function|view|type) (?:if not exists )?(\w+)/gim)].map(
    ([, name = '']) => name,
  )
}

function takenNamesError(names: string[]): StartError {
  return new StartError(
    `The database already has ${names.join(', ')}, which Gatehouse did not make: ${ownDatabaseHint}.`,
  )
}
