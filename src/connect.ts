import type { Config } from './config.ts'
import { startEmbedded, type EmbeddedDatabase } from './db/embedded.ts'
import { asUnavailable, faultCode } from './db/faults.ts'
import { Problem, StartError } from './problems.ts'

const refusals: Record<string, string> = {
  '28P01': 'refuses the password: check DB_USER and DB_PASSWORD, or DATABASE_URL.',
  '28000': 'refuses the user: check DB_USER, or DATABASE_URL, and the server’s pg_hba.conf.',
  '3D000': 'does not have this database: create it, or check DB_NAME or DATABASE_URL.',
  '42501':
    'refuses this user a right: run npm run migrate as the owner of its tables, with -- --grant-to and this user’s name; to be the owner, this user needs create on the schema public.',
}

export type ConnectedDatabase = Pick<EmbeddedDatabase, 'url' | 'notice' | 'stop'> & { describe: string }

/** The configured database, or the embedded one, started or joined. @throws StartError */
export async function connectDatabase(
  config: Config,
  role: 'service' | 'command',
  address?: string,
): Promise<ConnectedDatabase> {
  if (config.database !== undefined) {
    return {
      url: config.database,
      describe: withoutPassword(config.database),
      notice: undefined,
      stop: () => Promise.resolve(),
    }
  }
  const embedded = await startEmbedded(config.dataDir, { role, ...(address === undefined ? {} : { address }) })
  return { ...embedded, describe: `embedded PostgreSQL in ${embedded.folder}` }
}

/**
 * Sorts what a first contact with the database can fail with.
 * @returns one sentence when waiting makes sense
 * @throws StartError when it does not: a wrong password stays wrong
 */
export function explainConnection(error: unknown, url: string): string {
  if (error instanceof StartError) throw error
  const code = faultCode(error) ?? ''
  const where = `The database ${withoutPassword(url)}`
  const refusal = refusals[code]
  if (refusal) throw new StartError(`${where} ${refusal}`)
  if (error instanceof Error && error.name === 'AbortError') throw error
  if (!(asUnavailable(error) instanceof Problem)) {
    throw new StartError(`${where} cannot be used (${(error as Error).message}): check DATABASE_URL or DB_*.`, {
      cause: error,
    })
  }
  return `${where} does not answer (${code || (error as Error).message}): start it, or check DB_HOST and DB_PORT, or DATABASE_URL.`
}

function withoutPassword(url: string): string {
  const { username, host, pathname } = new URL(url)
  return decodeURIComponent(`${username}@${host}${pathname}`)
}
