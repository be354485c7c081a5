import type pg from 'pg'
import { poolConfig } from '../db/connection.ts'
import { redactError } from './redactError.ts'
import type { Log } from './log.ts'

const seconds = 1000

/** The connections of the queue: one listens, three acquire and finish jobs. No fault of theirs ends the process. */
export async function createPool(url: string, log: Log): Promise<pg.Pool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    ...poolConfig(url, { role: 'jobs', connectTimeout: 5 * seconds, statementTimeout: 10 * seconds }),
    max: 4,
    keepAlive: true,
  })
  const onError = (error: Error) => {
    log.warn({ reason: redactError(error) }, 'the worker lost a connection')
  }
  // Of idle connections and of those in use: without a listener either would end the process.
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  forgiveSecondRelease(pool)
  return pool
}

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (fault?: unknown) => void,
) => void

/** graphile-worker releases its listening connection twice when that is lost while it stops: pg throws, nobody catches. */
function forgiveSecondRelease(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool)
  function connectOnce(): Promise<pg.PoolClient>
  function connectOnce(callback: Callback): void
  function connectOnce(callback?: Callback): Promise<pg.PoolClient> | undefined {
    if (!callback) return connect()
    connect((error, client, release) => {
      let released = false
      callback(error, client, (fault) => {
        if (!released) release(fault)
        released = true
      })
    })
    return undefined
  }
  pool.connect = connectOnce
}
