import { readFileSync } from 'node:fs'
import type { ClientBase, ClientConfig, PoolConfig } from 'pg'
import { readDatabaseUrl } from '../config/databaseUrl.ts'

const setUp = readFileSync(new URL('../../sql/connection.sql', import.meta.url), 'utf8')

/** What a pool or a client decides itself, in milliseconds; the URL decides the rest. */
type Own = {
  /** What the connection is for, as a suffix of its application_name. */
  role?: string
  connectTimeout: number
  statementTimeout?: number
  idleInTransactionTimeout?: number
  /** How long the client waits for a reply: a pooler may hold a statement back, and ignores the server's time-outs. */
  queryTimeout?: number
}

/** How pg connects to the database of a URL: the same for every pool and client of the service (security 115). */
export function clientConfig(url: string, own: Own): ClientConfig {
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

/** The same for a pool of pg's, which sets up each new connection before its first use. */
export function poolConfig(url: string, own: Own): PoolConfig {
  return {
    ...clientConfig(url, own),
    verify: (client, done) => {
      // While a client is in use the pool does not listen, and an error without a listener would end the process.
      client.on('error', () => undefined)
      setUpSession(client).then(() => {
        done()
      }, done)
    },
  }
}

/** Settings of the session, which must not depend on the database's own (sql/connection.sql). */
export async function setUpSession(client: ClientBase): Promise<void> {
  await client.query(setUp)
}
