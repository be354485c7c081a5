import { readFileSync } from 'node:fs'
import type { ClientBase, PoolConfig } from 'pg'
import { readDatabaseUrl } from '../config/databaseUrl.ts'
import { Client, type DatabaseClientConfig } from './client.ts'

const setUpStatements = readFileSync(new URL('../../sql/connection.sql', import.meta.url), 'utf8')

/**
 * The options that differ between pools and clients. All other options come from the URL. Times are in milliseconds.
 */
type ConnectionOptions = {
  /** The purpose of the connection. It is appended to the connection's application_name. */
  role?: string
  connectTimeout: number
  statementTimeout?: number
  idleInTransactionTimeout?: number
  /**
   * How long the client waits for a reply. The client needs a separate time-out, because a pooler may delay a
   * statement and may ignore the server's time-outs.
   */
  queryTimeout?: number
}

/**
 * Returns pg's options for connections to the database that a URL names. Every pool and client of the service uses
 * this function (security 115).
 */
export function clientConfig(url: string, own: ConnectionOptions): DatabaseClientConfig {
  const { servers, user, password, database, applicationName, options, connectTimeout, tls } = readDatabaseUrl(url)
  return {
    ...{ servers, ...servers[0], user, password, database, options, ssl: tls.options },
    application_name: own.role === undefined ? applicationName : `${applicationName}-${own.role}`,
    connectionTimeoutMillis: connectTimeout ?? own.connectTimeout,
    statement_timeout: own.statementTimeout,
    idle_in_transaction_session_timeout: own.idleInTransactionTimeout,
    query_timeout: own.queryTimeout,
  }
}

/**
 * Returns the options of a pool of `Client`. The pool runs sql/connection.sql on each new connection before the first
 * use.
 */
export function poolConfig(url: string, own: ConnectionOptions): PoolConfig {
  return {
    ...clientConfig(url, own),
    Client: Client as unknown as new () => Client, // pg's types omit the options that the pool passes.
    verify: (client, done) => {
      // pg's pool does not listen for errors of a client that is in use. An error event without a listener would end
      // the process.
      client.on('error', () => undefined)
      setUpSession(client).then(() => {
        done()
      }, done)
    },
  }
}

/**
 * Sets the settings of the database session from sql/connection.sql, so that they do not depend on the settings of
 * the database or the role.
 */
export async function setUpSession(client: ClientBase): Promise<void> {
  await client.query(setUpStatements)
}
