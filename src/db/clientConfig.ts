import { readFileSync } from 'node:fs'
import type { ClientBase, ClientConfig, PoolConfig } from 'pg'
import { readDatabaseUrl } from '../config/databaseUrl.ts'

const setUpStatements = readFileSync(new URL('../../sql/connection.sql', import.meta.url), 'utf8')

/** The options of one pool or client. All others follow from the URL. Times are in milliseconds. */
type ConnectionOptions = {
  /** The purpose of the connection, which is appended to its application_name. */
  role?: string
  connectTimeout: number
  statementTimeout?: number
  idleInTransactionTimeout?: number
  /** How long the client waits for a reply. A pooler may delay a statement and ignores the server's time-outs. */
  queryTimeout?: number
}

/** Returns pg's options for the database of a URL. Every pool and client of the service uses them (security 115). */
export function clientConfig(url: string, own: ConnectionOptions): ClientConfig {
  const { host, port, user, password, database, applicationName, options, connectTimeout, tls } = readDatabaseUrl(url)
  return {
    ...{ host, port, user, password, database, options, ssl: tls.options },
    application_name: own.role === undefined ? applicationName : `${applicationName}-${own.role}`,
    connectionTimeoutMillis: connectTimeout ?? own.connectTimeout,
    statement_timeout: own.statementTimeout,
    idle_in_transaction_session_timeout: own.idleInTransactionTimeout,
    query_timeout: own.queryTimeout,
  }
}

/** Returns the options of a pool of pg, which sets up each new connection before its first use. */
export function poolConfig(url: string, own: ConnectionOptions): PoolConfig {
  return {
    ...clientConfig(url, own),
    verify: (client, done) => {
      // The pool does not listen for errors of a client in use, and an error without a listener ends the process.
      client.on('error', () => undefined)
      setUpSession(client).then(() => {
        done()
      }, done)
    },
  }
}

/** Sets the session's settings (sql/connection.sql), so that they do not depend on those of the database. */
export async function setUpSession(client: ClientBase): Promise<void> {
  await client.query(setUpStatements)
}
