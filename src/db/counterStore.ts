import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { Batch } from './batch.ts'
import { poolConfig } from './clientConfig.ts'

const seconds = 1000
const pause = 5 * seconds
export const counterPoolSize = 4
const countPoints = readFileSync(new URL('../../sql/countPoints.sql', import.meta.url), 'utf8')

/** A point for the counter `key`; `window` is the length of the counter’s window in seconds. */
type Point = { key: string; window: number }
/** The points of a counter after a point was added, and the milliseconds until its window ends. */
export type Counted = { points: number; rest: number }

type Options = { preparedStatements: boolean; connections: number; onError: (error: Error) => void }

/**
 * A small pool for the counters of the limits, with the interface that rate-limiter-flexible requires. Statements
 * time out after 1 s. After a failure, every query fails at once for 5 s, so that the limiters switch to their
 * counters in memory without a wait.
 */
export class CounterStore {
  readonly #options: Options
  readonly #counting = new Batch((points: readonly Point[]) => this.#countAll(points))
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
   * Adds a point to a counter. One statement adds the points of simultaneous requests.
   * @throws Error when the database does not answer in time, and for every call in the 5 s after a failure
   */
  count(key: string, window: number): Promise<Counted> {
    return this.#counting.read({ key, window })
  }

  async #countAll(points: readonly Point[]): Promise<Counted[]> {
    const now = Date.now()
    const values = [points.map(({ key }) => key), points.map(({ window }) => window), now]
    const { rows } = await this.query({ name: 'countPoints', text: countPoints, values })
    const counters = new Map((rows as { key: string; points: number; expire: string }[]).map((row) => [row.key, row]))
    const counted = points.toReversed().map(({ key }) => {
      const counter = counters.get(key)
      if (!counter) throw new Error('a counter has no row')
      return { points: counter.points--, rest: Math.max(Number(counter.expire) - now, 0) }
    })
    return counted.reverse()
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
