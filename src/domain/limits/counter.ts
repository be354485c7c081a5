import { createHmac, type KeyObject } from 'node:crypto'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { CounterStore } from '../../db/counterStore.ts'
import { Problem } from '../../problems.ts'

/** At most `count` points in `window` seconds. */
export type Limit = { count: number; window: number }
/** A counter after a point was consumed. */
export type CounterState = { used: number; remaining: number; headers: Record<string, string> }

const unlimited: CounterState = { used: 0, remaining: Infinity, headers: {} }

/**
 * One limit, counted in the database for all instances. Each instance also counts on its own, and uses that count while
 * the database does not answer: the limit still holds, and the service stays available.
 */
export class Counter {
  readonly #name: string
  readonly #limit: Limit
  readonly #secret: KeyObject
  readonly #limiters: { shared: RateLimiterPostgres; own: RateLimiterMemory } | undefined

  /** @param store undefined: nothing is limited */
  constructor(name: string, limit: Limit, secret: KeyObject, store: CounterStore | undefined) {
    this.#name = name
    this.#limit = limit
    this.#secret = secret
    const options = { keyPrefix: name, points: limit.count, duration: limit.window }
    // The hourly clean-up deletes expired rows.
    const table = { tableName: 'rate_limits', tableCreated: true, clearExpiredByTimeout: false }
    this.#limiters = store && {
      shared: new RateLimiterPostgres({ ...options, ...table, storeClient: store, storeType: 'client' }),
      own: new RateLimiterMemory(options),
    }
  }

  /** Consumes a point, before the limited work is done. @throws Problem throttled */
  async consume(key: string): Promise<CounterState> {
    if (!this.#limiters) return unlimited
    const hash = this.#hash(key)
    const own = await this.#limiters.own.consume(hash).catch(asResult)
    const result = await this.#limiters.shared
      .consume(hash)
      .catch(asResult)
      .catch(() => own)
    if (result.consumedPoints > this.#limit.count) throw this.#throttled(result)
    return { used: result.consumedPoints, remaining: result.remainingPoints, headers: this.#headers(result) }
  }

  /** Consumes a point for `work`, and refunds it when `work` fails. @throws Problem throttled, and whatever `work` throws */
  async consumeUnlessFailed(key: string, work: () => Promise<void>): Promise<CounterState> {
    const state = await this.consume(key)
    try {
      await work()
    } catch (error) {
      await this.refund(key)
      throw error
    }
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

  /** Refuses a key for so many seconds. */
  block(key: string, seconds: number): Promise<void> {
    return this.#change((limiter) => limiter.block(this.#hash(key), seconds))
  }

  async #change(change: (limiter: RateLimiterAbstract) => Promise<unknown>): Promise<void> {
    if (!this.#limiters) return
    await change(this.#limiters.own)
    await change(this.#limiters.shared).catch(() => undefined) // the store has logged it
  }

  /** The header fields of a counter of which no point is used. */
  get unusedHeaders(): Record<string, string> {
    return this.#limiters ? this.#format(this.#limit.count, this.#limit.window) : {}
  }

  #throttled(result: RateLimiterRes): Problem {
    const wait = secondsOf(result)
    return new Problem('throttled', {
      detail: `Request was throttled. Expected available in ${wait} second${wait === 1 ? '' : 's'}.`,
      headers: { 'Retry-After': String(wait), ...this.#headers(result) },
      cause: `limit ${this.#name}`,
    })
  }

  #headers(result: RateLimiterRes): Record<string, string> {
    return this.#format(result.remainingPoints, secondsOf(result))
  }

  /** draft-ietf-httpapi-ratelimit-headers. */
  #format(remaining: number, seconds: number): Record<string, string> {
    const { count, window } = this.#limit
    return {
      'RateLimit-Policy': `"${this.#name}";q=${count};w=${window}`,
      RateLimit: `"${this.#name}";r=${remaining};t=${seconds}`,
    }
  }

  /** The table must not reveal email addresses or IP addresses. */
  #hash(key: string): string {
    return createHmac('sha256', this.#secret).update(key).digest('base64url')
  }
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000))
}

/** rate-limiter-flexible rejects with the result, which is not an Error, when no point is left. */
function asResult(thrown: unknown): RateLimiterRes {
  if (thrown instanceof RateLimiterRes) return thrown
  throw thrown
}
