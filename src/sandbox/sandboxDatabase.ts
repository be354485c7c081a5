/** The database of a sandbox: a throw-away server, or a throw-away database on a given server. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { Client } from '../db/client.ts'
import { clientConfig, poolConfig } from '../db/clientConfig.ts'
import { explainConnectionError } from '../db/connectDatabase.ts'
import { errorCode, rootMessage } from '../db/errors.ts'
import { startEmbedded } from '../embedded/embedded.ts'
import { throwAwayParameters } from '../embedded/throwAway.ts'
import { StartError } from '../problems.ts'

export type SandboxDatabase = {
  url: string
  /** Runs sql/sandbox/<name>.sql in one transaction, and again after a deadlock with a request or a job. */
  run<Row extends pg.QueryResultRow>(name: string, values?: unknown[]): Promise<Row[]>
  /** Removes the database, or stops the server. */
  remove(): Promise<void>
}

type Created = { url: string; remove: () => Promise<void> }

const deadlockDetected = '40P01'
const maxAttempts = 5

const readSql = (name: string) => readFileSync(new URL(`../../sql/sandbox/${name}.sql`, import.meta.url), 'utf8')

/**
 * Creates a migrated database with a clock that can be moved and with the signing key of all sandboxes.
 * @param dataDir the folder of the embedded server
 * @param serverUrl a database on whose server the new database is created; if it is undefined, the embedded server is
 * started
 * @throws StartError when the database cannot be created
 */
export async function createSandboxDatabase(dataDir: string, serverUrl: string | undefined): Promise<SandboxDatabase> {
  const [{ url, remove }, { migrate }] = await Promise.all([
    serverUrl === undefined ? startServer(dataDir) : createOnServer(serverUrl),
    import('../db/migrate.ts'), // Slonik is large, and is loaded while the server starts.
  ])
  const pool = new pg.Pool({ ...poolConfig(url, { role: 'sandbox', connectTimeout: 5000 }), max: 2 })
  pool.on('error', () => undefined)
  const database: SandboxDatabase = {
    url,
    async run<Row extends pg.QueryResultRow>(name: string, values?: unknown[]) {
      for (let attempt = 1; ; attempt++) {
        try {
          return (await pool.query<Row>(readSql(name), values)).rows
        } catch (error) {
          if (errorCode(error) !== deadlockDetected || attempt === maxAttempts) throw error
        }
      }
    },
    async remove() {
      await pool.end()
      await remove()
    },
  }
  try {
    await database.run('clock')
    await migrate(url)
    await database.run('signingKey')
    return database
  } catch (error) {
    await database.remove()
    throw error
  }
}

async function startServer(dataDir: string): Promise<Created> {
  const server = await startEmbedded(dataDir, { role: 'command', parameters: throwAwayParameters })
  return { url: server.url, remove: () => server.stop() }
}

async function createOnServer(serverUrl: string): Promise<Created> {
  const name = `gatehouse_sandbox_${randomBytes(6).toString('hex')}`
  await runOnServer(serverUrl, 'createDatabase', name)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  url.searchParams.delete('options') // a search path in the options would hide the clock
  return { url: url.href, remove: () => runOnServer(serverUrl, 'dropDatabase', name) }
}

/** Runs a statement that names a database, which cannot be a parameter. */
async function runOnServer(url: string, statement: string, name: string): Promise<void> {
  const client = new Client(clientConfig(url, { role: 'sandbox', connectTimeout: 5000 }))
  try {
    await client.connect().catch((error: unknown) => {
      throw new StartError(explainConnectionError(error, url))
    })
    await client.query(readSql(statement).replace(':name', pg.escapeIdentifier(name)))
  } catch (error) {
    if (error instanceof StartError) throw error
    const hint = 'give its role the right CREATEDB, or unset DATABASE_URL to use the embedded one'
    throw new StartError(`DATABASE_URL cannot hold a sandbox (${rootMessage(error)}): ${hint}.`, { cause: error })
  } finally {
    await client.end()
  }
}
