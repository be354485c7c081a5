import type { Config } from '../config/config.ts'
import { describeDatabase } from '../config/databaseUrl.ts'
import { startEmbedded, type EmbeddedDatabase } from '../embedded/embedded.ts'
import { errorCode, isOutage, rootMessage } from './errors.ts'
import { findRefusal } from './connectionErrors.ts'
import { Problem, StartError } from '../problems.ts'

export type ConnectedDatabase = Pick<EmbeddedDatabase, 'url' | 'notice' | 'stop'> & { label: string }

/** The configured database, or the embedded one, started or joined. @throws StartError */
export async function connectDatabase(
  config: Config,
  role: 'service' | 'command',
  address?: string,
): Promise<ConnectedDatabase> {
  if (config.database !== undefined) {
    return {
      url: config.database,
      label: describeDatabase(config.database),
      notice: undefined,
      stop: () => Promise.resolve(),
    }
  }
  const embedded = await startEmbedded(config.dataDir, { role, ...(address === undefined ? {} : { address }) })
  return { ...embedded, label: `embedded PostgreSQL in ${embedded.folder}` }
}

/**
 * Sorts what a first contact with the database can fail with.
 * @returns one sentence when waiting makes sense
 * @throws StartError when it does not: a wrong password stays wrong
 */
export function explainConnection(error: unknown, url: string): string {
  if (error instanceof StartError) throw error
  if (error instanceof Error && error.name === 'AbortError') throw error
  const where = `The database ${describeDatabase(url)}`
  const refusal = findRefusal(error)
  if (refusal !== undefined) throw new StartError(`${where} ${refusal}`, { cause: error })
  if (!isOutage(error) && !(error instanceof Problem)) {
    throw new StartError(`${where} cannot be used (${rootMessage(error)}): check DATABASE_URL or DB_*.`, {
      cause: error,
    })
  }
  return `${where} does not answer (${reasonOf(error)}): start it, or check DB_HOST and DB_PORT, or DATABASE_URL.`
}

/** The system's code says enough; a server that answers has words of its own. */
function reasonOf(error: unknown): string {
  const code = errorCode(error)
  return code === undefined || !/^E[A-Z_]+$/.test(code) ? [code, rootMessage(error)].filter(Boolean).join(': ') : code
}
