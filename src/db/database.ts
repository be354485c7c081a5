import type { CommonQueryMethods, DatabasePool, Interceptor } from 'slonik'
import { createPool } from 'slonik'
import { Problem } from '../problems.ts'
import { clientConfig } from './clientConfig.ts'
import { createDriver, slonikUrl } from './driver.ts'
import { asUnavailable } from './errors.ts'
import { Semaphore, type SemaphoreState } from './semaphore.ts'

/** The methods by which a domain function runs queries, inside or outside of a transaction. */
export type Queryable = Pick<CommonQueryMethods, 'any' | 'one' | 'maybeOne' | 'query'>

export type Database = Queryable & {
  /**
   * Runs `work` in a transaction. After an error with SQLSTATE 40xxx, `work` runs again. Therefore `work` must have
   * no effect outside of the database.
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>
}

/** A database and the methods that open and close its pool, for the code that assembles the service. */
export type DatabaseHandle = Database & {
  /** Opens the pool. Before this call, every statement throws the problem `unavailable`. */
  open(url: string): Promise<void>
  close(): Promise<void>
  /** The use of the pool. */
  readonly poolState: SemaphoreState
}

const seconds = 1000
// The largest number of statements that wait for a connection. A statement waits for at most 2 s, and most statements
// of a longer queue would not get a connection in that time.
const maxWaiting = 1000

/**
 * The size of a pool, and the time-out of its statements in milliseconds. Slow statements use another pool. `isLazy`
 * says whether the first connection is opened at the first statement, and not when the pool is opened.
 */
export type PoolLimits = { maxPoolSize: number; statementTimeout: number; isLazy: boolean }

/** The pool of requests and jobs. */
export const requestPool: PoolLimits = { maxPoolSize: 10, statementTimeout: 10 * seconds, isLazy: false }

/**
 * Removes the names of prepared statements, because PgBouncer before 1.21 does not support them in transaction mode.
 */
const unnamed: Interceptor = {
  name: 'unnamed statements',
  transformQuery: (_context, { sql, values }) => ({ sql, values }),
}

/**
 * Creates a database with a pool in which every wait has a time-out: 2 s for a new connection, 2 s for a busy pool,
 * and 10 s for a statement and for an idle transaction. The caller may set another statement time-out, in
 * milliseconds.
 */
export function createDatabase(
  options: { preparedStatements: boolean; onError: (error: Error) => void; interceptors?: readonly Interceptor[] },
  { maxPoolSize, statementTimeout, isLazy }: PoolLimits = requestPool,
): DatabaseHandle {
  let pool: DatabasePool | undefined
  // A request waits at most 2 s for a busy pool and 2 s for a new connection. Even if it also hashes a password, the
  // service answers within 5 s.
  const semaphore = new Semaphore(maxPoolSize, { maxWait: 2 * seconds, maxWaiting })

  async function run<T>(work: (pool: DatabasePool) => Promise<T>): Promise<T> {
    if (!pool) throw new Problem('unavailable', { cause: 'the database has not been reached yet' })
    const opened = pool
    const release = await semaphore.acquire('no database connection became free in time')
    try {
      return await work(opened)
    } catch (error) {
      throw asUnavailable(error)
    } finally {
      release()
    }
  }

  return {
    any: (query) => run((pool) => pool.any(query)),
    one: (query) => run((pool) => pool.one(query)),
    maybeOne: (query) => run((pool) => pool.maybeOne(query)),
    query: (query) => run((pool) => pool.query(query)),
    transaction: (work) => run((pool) => transact(pool, work)),
    get poolState() {
      return semaphore.state
    },
    async open(url) {
      const config = clientConfig(url, {
        connectTimeout: 2 * seconds,
        statementTimeout,
        idleInTransactionTimeout: 10 * seconds,
        queryTimeout: statementTimeout + seconds,
      })
      const opened = await createPool(slonikUrl, {
        driverFactory: createDriver(config),
        maxPoolSize,
        connectionRetryLimit: 1,
        idleTimeout: 60 * seconds,
        captureStackTrace: false,
        // By default Slonik runs DISCARD ALL when a connection returns to the pool. DISCARD ALL costs a round trip
        // and drops the prepared statements.
        resetConnection: async () => {},
        interceptors: [...(options.interceptors ?? []), ...(options.preparedStatements ? [] : [unnamed])],
      })
      opened.on('error', (error) => {
        if (asUnavailable(error) instanceof Problem) options.onError(error)
      })
      if (!isLazy)
        await opened
          .connect(() => Promise.resolve())
          .catch(async (error: unknown) => {
            await opened.end()
            throw error
          })
      // An earlier attempt to start may have opened a pool before a later step failed. Requests use the new pool
      // before the old one ends, because a pool that is ending refuses them.
      const former = pool
      pool = opened
      await former?.end()
    },
    async close() {
      await pool?.end()
      pool = undefined
    },
  }
}

/**
 * Runs a transaction. Slonik closes a connection on which any error is thrown, and a new connection takes several
 * milliseconds. So a problem that `work` reports is thrown only after its rolled back connection is back in the pool.
 */
async function transact<T>(pool: DatabasePool, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  const { result, problem } = await pool.connect(async (connection) => {
    try {
      return { result: await connection.transaction(work) }
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'unavailable') throw error
      return { problem: error }
    }
  })
  if (problem) throw problem
  return result
}
