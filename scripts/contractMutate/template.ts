import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import pg from 'pg'
import { createDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { addUser } from '../../src/domain/accounts/administration.ts'
import { requireNewEmailAddress } from '../../src/domain/accounts/newEmailAddress.ts'
import { profileOf } from '../../src/domain/accounts/users.ts'
import { runHashTask } from '../../src/domain/passwords/hashTask.ts'
import { startEmbedded } from '../../src/embedded/embedded.ts'
import { makeDataDir, type Credentials } from '../temporaryService.ts'

/** A PostgreSQL server with a migrated database, in which a superuser exists, and copies of that database. */
export type Template = {
  account: Credentials
  /** Copies the database. The copy has the given name. @returns its URL */
  copy: (name: string) => Promise<string>
  drop: (name: string) => Promise<void>
  stop: () => Promise<void>
}

const parameters = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }

export const parallelism = Math.min(4, availableParallelism())

/** Starts the embedded PostgreSQL in a separate folder and creates the template. */
export async function createTemplate(): Promise<Template> {
  const folder = await makeDataDir()
  const server = await startEmbedded(folder, { role: 'command', parameters: { ...parameters, max_connections: '200' } })
  const pool = new pg.Pool({ connectionString: server.url, max: 1 })
  const urlOf = (name: string) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href
  const stop = async () => {
    await pool.end()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await pool.query(`create database template template template0 encoding 'UTF8'`)
    const account = { email: 'superuser@example.com', password: randomBytes(16).toString('base64url') }
    await migrate(urlOf('template'))
    await createSuperuser(urlOf('template'), account)
    return {
      account,
      async copy(name) {
        await pool.query(`create database ${name} template template strategy file_copy`)
        return urlOf(name)
      },
      async drop(name) {
        await pool.query(`drop database if exists ${name} with (force)`)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function createSuperuser(url: string, { email, password }: Credentials): Promise<void> {
  const outcome = await runHashTask({ password }, { logN: 4, r: 1, p: 1 })
  const passwordHash = 'hash' in outcome ? outcome.hash : null
  const profile = profileOf({ first_name: 'Super', last_name: 'User' })
  const user = { ...profile, passwordHash, is_superuser: true, email_confirmed: true }
  const db = createDatabase({
    preparedStatements: true,
    onError: (error) => {
      throw error
    },
  })
  try {
    await db.open(url)
    await addUser(db, { ...requireNewEmailAddress(email), ...user }, {})
  } finally {
    await db.close()
  }
}
