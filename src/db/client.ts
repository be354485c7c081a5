import { readFileSync } from 'node:fs'
import pg, { type ClientConfig } from 'pg'
import type { DatabaseServer } from '../config/databaseServers.ts'

/** pg's options of a client, and all servers of DATABASE_URL. pg's options name the first one. */
export type DatabaseClientConfig = ClientConfig & { servers: readonly [DatabaseServer, ...DatabaseServer[]] }

const serverState = readFileSync(new URL('../../sql/serverState.sql', import.meta.url), 'utf8')

type Callback = (error: Error | null) => void

/**
 * A client that connects to the server that accepts writes if DATABASE_URL has several hosts, like libpq with
 * `target_session_attrs=read-write`, and that ends after a time-out. pg itself knows one host only, and keeps a
 * connection after a time-out.
 */
export class Client extends pg.Client {
  readonly #config: DatabaseClientConfig

  constructor(config: DatabaseClientConfig) {
    super(config)
    this.#config = config
    const query = this.query.bind(this) as (...args: unknown[]) => unknown
    Object.assign(this, { query: (...args: unknown[]) => this.#endAfterTimeout(query(...args)) })
  }

  /**
   * Ends the connection if a query times out. The connection still waits for the reply, so that every later query
   * would time out as well. A pool that gets such a client back removes it.
   */
  #endAfterTimeout<Result>(result: Result): Result {
    if (result instanceof Promise)
      result.catch((error: unknown) => {
        if (error instanceof Error && error.message === 'Query read timeout') void this.end()
      })
    return result
  }

  override connect(): Promise<this>
  override connect(callback: Callback): void
  override connect(callback?: Callback): Promise<this> | undefined {
    const connect = (): Promise<this> | undefined => {
      if (!callback) return super.connect().then(() => this)
      // pg must call this function directly. It adds a listener for errors, which may be in the same packet.
      super.connect(callback)
      return undefined
    }
    if (this.#config.servers.length === 1) return connect()
    const connected = findWritableServer(this.#config).then((server) => {
      Object.assign(this, server)
      return connect()
    })
    if (!callback) return connected.then(() => this)
    connected.catch(callback)
    return undefined
  }
}

/**
 * Asks all servers at once, so that a server that does not answer delays nothing.
 * @throws Error with SQLSTATE 25006 or the error of a connection when no server accepts writes
 */
async function findWritableServer(config: DatabaseClientConfig): Promise<DatabaseServer> {
  const checks = config.servers.map(async (server) => {
    // A pool makes the password a property that a spread does not copy.
    const client = new pg.Client({ ...config, password: config.password, ...server })
    client.on('error', () => undefined) // A lost connection also fails the query.
    try {
      await client.connect()
      const { rows } = await client.query<{ transaction_read_only: string }>(serverState)
      if (rows[0]?.transaction_read_only === 'off') return server
    } finally {
      client.end().catch(() => undefined)
    }
    throw Object.assign(new Error('the server accepts no writes'), { code: '25006' })
  })
  return Promise.any(checks)
}
