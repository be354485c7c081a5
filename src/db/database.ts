import type { CommonQueryMethods, DatabasePool, Interceptor } from 'slonik'
import { createPool } from 'slonik'
import { Problem } from '../problems.ts'
import { clientConfig } from './clientConfig.ts'
import { createDriver, slonikUrl } from './driver.ts'
import { asUnavailable } from './errors.ts'
import { Semaphore } from './semaphore.ts'

/** What a domain function may run, inside a transaction or not. */
export type Queryable = Pick<CommonQueryMethods, 'any' | 'one' | 'maybeOne' | 'query'>

export type Database = Queryable & {
  /**
   * Runs `work` in a transaction, again after an error with SQLSTATE 40xxx, so that it must have no outside effect.
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>
}

/** A database with the life cycle of its pool, for the code that assembles the service. */
export type DatabaseHandle = Database & {
  /** Opens the pool; until then every statement is `unavailable`. */
  open(url: string): Promise<void>
  close(): Promise<void>
}

const seconds = 1000
// More statements than a database runs within the 2 s that a request waits at most.
const maxWaiting = 1000

/** The size and the statement time-out of a pool. Slow statements have a pool of their own. Milliseconds. */
export type PoolLimits = { maxPoolSize: number; statementTimeout: number }

const defaultLimits: PoolLimits = { maxPoolSize: 10, statementTimeout: 10 * seconds }

/** PgBouncer before 1.21 does not support named statements in transaction mode. */
const unnamed: Interceptor = {
  name: 'unnamed statements',
  transformQuery: (_context, { sql, values }) => ({ sql, values }),
}

/**
 * A pool whose time-outs are bounded everywhere: connection 2 s, waiting for a busy pool 2 s, statement and idle
 * transaction 10 s unless others are given (in milliseconds).
 */
export function createDatabase(
  options: { preparedStatements: boolean; onError: (error: Error) => void },
  { maxPoolSize, statementTimeout }: PoolLimits = defaultLimits,
): DatabaseHandle {
  let pool: DatabasePool | undefined
  // With 2 s for a new connection and the time for hashing a password, a request is answered within 5 s.
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
    transaction: (work) => run((pool) => pool.transaction(work)),
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
        // By default Slonik runs DISCARD ALL at each release, which costs a round trip and drops prepared statements.
        resetConnection: async () => {},
        interceptors: options.preparedStatements ? [] : [unnamed],
      })
      opened.on('error', (error) => {
        if (asUnavailable(error) instanceof Problem) options.onError(error)
      })
      // Slonik itself would connect only at the first statement.
      await opened
        .connect(() => Promise.resolve())
        .catch(async (error: unknown) => {
          await opened.end()
          throw error
        })
      await pool?.end() // the pool of an earlier attempt to start, in which a later step failed
      pool = opened
    },
    async close() {
      await pool?.end()
      pool = undefined
    },
  }
}
