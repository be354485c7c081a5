import type pg from 'pg'
import { poolConfig } from '../db/clientConfig.ts'
import { redactError } from './redactError.ts'
import type { Log } from './log.ts'

const seconds = 1000

/**
 * Creates the pool of the job queue. One connection listens for new jobs, and two acquire and finish jobs: these
 * statements take milliseconds, and a task uses the service's own pool. A lost connection does not end the process.
 */
export async function createPool(url: string, log: Log): Promise<pg.Pool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    ...poolConfig(url, {
      ...{ role: 'jobs', connectTimeout: 5 * seconds, statementTimeout: 10 * seconds },
      queryTimeout: 15 * seconds, // for a connection that is lost without a notice
    }),
    max: 3,
    keepAlive: true,
  })
  const onError = (error: Error) => {
    // Connections that have not ended when the service stops are lost with the embedded database.
    log[pool.ending ? 'debug' : 'warn']({ reason: redactError(error) }, 'the worker lost a connection')
  }
  // The pool emits the errors of idle connections, and a client in use emits its own. An error event without a
  // listener would end the process.
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  ignoreSecondRelease(pool)
  return pool
}

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (error?: unknown) => void,
) => void

/**
 * graphile-worker releases its listening connection twice when the connection is lost while the worker stops. At the
 * second release pg would throw an error that nothing catches.
 */
function ignoreSecondRelease(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool)
  function connectOnce(): Promise<pg.PoolClient>
  function connectOnce(callback: Callback): void
  function connectOnce(callback?: Callback): Promise<pg.PoolClient> | undefined {
    if (!callback) return connect()
    connect((error, client, release) => {
      let released = false
      callback(error, client, (reason) => {
        if (!released) release(reason)
        released = true
      })
    })
    return undefined
  }
  pool.connect = connectOnce
}
