import type { Config } from '../config/config.ts'
import { describeDatabase } from '../config/databaseUrl.ts'
import { startEmbedded, type EmbeddedDatabase } from '../embedded/embedded.ts'
import { errorCode, isOutage, rootMessage } from './errors.ts'
import { describePermanentError } from './connectionErrors.ts'
import { Problem, StartError } from '../problems.ts'

export type ConnectedDatabase = Pick<EmbeddedDatabase, 'url' | 'notice' | 'stop'> & {
  label: string
  /** The URL for migrations and for the worker, which lead past a pooler if DATABASE_DIRECT_URL is set. */
  directUrl: string
}

/**
 * Returns the configured database. If none is configured, starts the embedded database or uses a running one.
 * @throws StartError when neither database can be used
 */
export async function connectDatabase(
  config: Config,
  role: 'service' | 'command',
  address?: string,
): Promise<ConnectedDatabase> {
  if (config.database !== undefined) {
    return {
      url: config.database,
      directUrl: config.directDatabase ?? config.database,
      label: describeDatabase(config.database),
      notice: undefined,
      stop: () => Promise.resolve(),
    }
  }
  const parameters = { max_connections: String(Math.max(100, 10 * config.workers)) }
  const embedded = await startEmbedded(config.dataDir, {
    role,
    parameters,
    ...(address === undefined ? {} : { address }),
  })
  return { ...embedded, directUrl: embedded.url, label: `embedded PostgreSQL in ${embedded.folder}` }
}

/**
 * Decides whether the service waits for the database after its first connection has failed.
 * @returns one sentence for the log when the database may be usable later
 * @throws StartError when waiting does not help, for example because the password is wrong
 */
export function explainConnectionError(error: unknown, url: string): string {
  if (error instanceof StartError) throw error
  if (error instanceof Error && error.name === 'AbortError') throw error
  const subject = `The database ${describeDatabase(url)}`
  const permanent = describePermanentError(error)
  if (permanent !== undefined) throw new StartError(`${subject} ${permanent}`, { cause: error })
  if (!isOutage(error) && !(error instanceof Problem)) {
    throw new StartError(`${subject} cannot be used (${rootMessage(error)}): check DATABASE_URL or DB_*.`, {
      cause: error,
    })
  }
  return `${subject} does not answer (${describeReason(error)}): start it, or check DB_HOST and DB_PORT, or DATABASE_URL.`
}

/** Returns the code of a system error, or the code and the message of an error of PostgreSQL. */
function describeReason(error: unknown): string {
  const code = errorCode(error)
  return code === undefined || !/^E[A-Z_]+$/.test(code) ? [code, rootMessage(error)].filter(Boolean).join(': ') : code
}
