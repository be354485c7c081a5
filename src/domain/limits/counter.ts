import { createHmac, type KeyObject } from 'node:crypto'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { CounterStore } from '../../db/counterStore.ts'
import { Problem, type RateLimit } from '../../problems.ts'
import { refundOnError, type CounterState } from './points.ts'

/** At most `count` points in `window` seconds. */
export type Limit = { count: number; window: number }

/** How many points of a limit were granted and refused since the start. */
export type LimitDecisions = { allowed: number; refused: number }

const unlimited: CounterState = { used: 0, remaining: Infinity, rateLimit: undefined }

/**
 * One limit. The database counts the points of all instances together. Each instance also keeps its own count, and
 * falls back to it while the database does not answer. So the limit still holds, and the service stays available.
 */
export class Counter {
  readonly #name: string
  readonly #limit: Limit
  readonly #secret: KeyObject
  readonly #decisions: LimitDecisions
  readonly #limiters: { store: CounterStore; shared: RateLimiterPostgres; own: RateLimiterMemory } | undefined

  /**
   * @param store the counters in the database; undefined if nothing is limited
   * @param decisions counts what this counter decides
   */
  constructor(
    name: string,
    limit: Limit,
    secret: KeyObject,
    store: CounterStore | undefined,
    decisions: LimitDecisions = { allowed: 0, refused: 0 },
  ) {
    this.#name = name
    this.#decisions = decisions
    this.#limit = limit
    this.#secret = secret
    const options = { keyPrefix: name, points: limit.count, duration: limit.window }
    // Expired rows are deleted by the hourly clean-up, not by the library.
    const table = { tableName: 'rate_limits', tableCreated: true, clearExpiredByTimeout: false }
    this.#limiters = store && {
      store,
      shared: new RateLimiterPostgres({ ...options, ...table, storeClient: store, storeType: 'client' }),
      own: new RateLimiterMemory(options),
    }
  }

  /** Consumes a point of a key. The caller does this before the limited work. @throws Problem throttled */
  async consume(key: string): Promise<CounterState> {
    if (!this.#limiters) return unlimited
    const hash = this.#hash(key)
    const own = await this.#limiters.own.consume(hash).catch(asResult)
    const { points: used, rest } = await this.#limiters.store
      .count(this.#limiters.shared.getKey(hash), this.#limit.window)
      .catch(() => ({ points: own.consumedPoints, rest: own.msBeforeNext }))
    const remaining = Math.max(this.#limit.count - used, 0)
    const rateLimit = this.#rateLimit(remaining, Math.max(1, Math.ceil(rest / 1000)))
    const isRefused = used > this.#limit.count
    this.#decisions[isRefused ? 'refused' : 'allowed']++
    if (isRefused) throw throttled(rateLimit)
    return { used, remaining, rateLimit }
  }

  /**
   * Consumes a point for `work`, and refunds the point when `work` fails.
   * @throws Problem throttled, and every error of `work`
   */
  async consumeUnlessFailed(key: string, work: () => Promise<void>): Promise<CounterState> {
    const state = await this.consume(key)
    await refundOnError(() => this.refund(key), work)
    return state
  }

  /** Refunds one point and deletes empty counters, so that a burst does not leave millions of keys behind. */
  refund(key: string): Promise<void> {
    const hash = this.#hash(key)
    return this.#change(async (limiter) => {
      const { consumedPoints } = await limiter.reward(hash)
      if (consumedPoints <= 0) await limiter.delete(hash)
    })
  }

  /** Refunds all points of a key. */
  reset(key: string): Promise<void> {
    return this.#change((limiter) => limiter.delete(this.#hash(key)))
  }

  /** Refuses a key for the given number of seconds. */
  block(key: string, seconds: number): Promise<void> {
    return this.#change((limiter) => limiter.block(this.#hash(key), seconds))
  }

  /** Forgets the points that this instance has counted on its own. */
  async forget(key: string): Promise<void> {
    await this.#limiters?.own.delete(this.#hash(key))
  }

  /** Returns the key of a counter in the table rate_limits, or undefined if nothing is limited. */
  rowKey(key: string): string | undefined {
    return this.#limiters?.shared.getKey(this.#hash(key))
  }

  async #change(change: (limiter: RateLimiterAbstract) => Promise<unknown>): Promise<void> {
    if (!this.#limiters) return
    await change(this.#limiters.own)
    await change(this.#limiters.shared).catch(() => undefined) // the store has logged the error
  }

  /** The number of points in a window. */
  get points(): number {
    return this.#limit.count
  }

  /** The rate limit of a key that has consumed no point. */
  get unused(): RateLimit | undefined {
    return this.#limiters && this.#rateLimit(this.#limit.count, this.#limit.window)
  }

  #rateLimit(remaining: number, reset: number): RateLimit {
    const { count: limit, window } = this.#limit
    return { policy: this.#name, limit, window, remaining, reset }
  }

  /** Hashes a key, because the table must not reveal email addresses or IP addresses. */
  #hash(key: string): string {
    return createHmac('sha256', this.#secret).update(key).digest('base64url')
  }
}

function throttled(rateLimit: RateLimit): Problem {
  const { policy, reset } = rateLimit
  return new Problem('throttled', {
    detail: `Request was throttled. Expected available in ${reset} second${reset === 1 ? '' : 's'}.`,
    rateLimit,
    cause: `limit ${policy}`,
  })
}

/**
 * Returns the result that rate-limiter-flexible rejects with when no point is left. The result is not an Error. Any
 * other rejection is thrown again.
 */
function asResult(thrown: unknown): RateLimiterRes {
  if (thrown instanceof RateLimiterRes) return thrown
  throw thrown
}
