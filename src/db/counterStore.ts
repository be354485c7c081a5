import type pg from 'pg'
import { poolConfig } from './connection.ts'

const seconds = 1000
const rest = 5 * seconds
const connections = 4

type Options = { preparedStatements: boolean; onError: (error: Error) => void }

/**
 * The few connections by which limits count, in the form that rate-limiter-flexible asks for. They give up after 1 s, and
 * after a failure nothing is asked for 5 s: whoever counts elsewhere meanwhile does so without waiting.
 */
export class CounterStore {
  readonly #options: Options
  #pool: pg.Pool | undefined
  #restsUntil = 0

  constructor(options: Options) {
    this.#options = options
  }

  async open(url: string): Promise<void> {
    const { default: pg } = await import('pg')
    const pool = new pg.Pool({
      ...poolConfig(url, { role: 'limits', connectTimeout: 1 * seconds, statementTimeout: 1 * seconds }),
      max: connections,
      query_timeout: 1.5 * seconds,
      idleTimeoutMillis: 60 * seconds,
    })
    pool.on('error', this.#options.onError)
    await this.close() // of an earlier try
    this.#pool = pool
  }

  /** @throws Error when the database does not answer in time, or did not a moment ago */
  async query({ name, ...statement }: pg.QueryConfig): Promise<pg.QueryResult> {
    const pool = this.#pool
    if (!pool || this.#rests()) throw new Error('the counters are not asked at the moment')
    try {
      const named = this.#options.preparedStatements && name !== undefined ? { name } : {}
      return await pool.query({ ...named, ...statement })
    } catch (error) {
      // Told once, not by each that waited; a connection that did not become free is no fault of the database.
      const isBusy = pool.totalCount === connections && /timeout exceeded when trying to connect/.test(String(error))
      if (!isBusy && !this.#rests()) {
        this.#restsUntil = performance.now() + rest
        this.#options.onError(error as Error)
      }
      throw error
    }
  }

  #rests(): boolean {
    return performance.now() < this.#restsUntil
  }

  async close(): Promise<void> {
    await this.#pool?.end()
    this.#pool = undefined
  }
}
