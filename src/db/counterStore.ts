import type pg from 'pg'
import { poolConfig } from './clientConfig.ts'

const seconds = 1000
const pause = 5 * seconds
export const counterPoolSize = 4

type Options = { preparedStatements: boolean; connections: number; onError: (error: Error) => void }

/**
 * A small pool for the counters of the limits, with the interface that rate-limiter-flexible requires. Statements
 * time out after 1 s. After a failure, every query fails at once for 5 s, so that the limiters switch to their
 * counters in memory without a wait.
 */
export class CounterStore {
  readonly #options: Options
  #pool: pg.Pool | undefined
  #pausedUntil = 0

  constructor(options: Options) {
    this.#options = options
  }

  async open(url: string): Promise<void> {
    const { default: pg } = await import('pg')
    const pool = new pg.Pool({
      ...poolConfig(url, { role: 'limits', connectTimeout: 1 * seconds, statementTimeout: 1 * seconds }),
      max: this.#options.connections,
      query_timeout: 1.5 * seconds,
      idleTimeoutMillis: 60 * seconds,
    })
    pool.on('error', this.#options.onError)
    await this.close() // the pool of an earlier attempt
    this.#pool = pool
  }

  /**
   * Runs a statement.
   * @throws Error when the database does not answer in time, and for every query in the 5 s after a failure
   */
  async query({ name, ...statement }: pg.QueryConfig): Promise<pg.QueryResult> {
    const pool = this.#pool
    if (!pool || this.#isPaused()) throw new Error('the counters in the database are paused')
    try {
      const named = this.#options.preparedStatements && name !== undefined ? { name } : {}
      return await pool.query({ ...named, ...statement })
    } catch (error) {
      // Only the first query that fails is logged, and not each query that was waiting with it. A pool whose
      // connections are all busy is not an error of the database, so nothing is logged for it.
      const isBusy =
        pool.totalCount === this.#options.connections && /timeout exceeded when trying to connect/.test(String(error))
      if (!isBusy && !this.#isPaused()) {
        this.#pausedUntil = performance.now() + pause
        this.#options.onError(error as Error)
      }
      throw error
    }
  }

  #isPaused(): boolean {
    return performance.now() < this.#pausedUntil
  }

  async close(): Promise<void> {
    await this.#pool?.end()
    this.#pool = undefined
  }
}
