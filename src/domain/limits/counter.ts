import { createHmac, type KeyObject } from 'node:crypto'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { CounterStore } from '../../db/counterStore.ts'
import { Problem } from '../../problems.ts'

/** So many in so many seconds. */
export type Limit = { count: number; window: number }
/** Where a counter is after one more; without a limit it never gets anywhere. */
export type Standing = { used: number; remaining: number; headers: Record<string, string> }

const unlimited: Standing = { used: 0, remaining: Infinity, headers: {} }

/**
 * One limit, counted in the database for all instances. Each instance counts its own beside that, and goes by it while the
 * database does not answer: the door stays guarded, and the service goes on.
 */
export class Counter {
  readonly #name: string
  readonly #limit: Limit
  readonly #key: KeyObject
  readonly #counters: { shared: RateLimiterPostgres; own: RateLimiterMemory } | undefined

  /** @param store undefined: nothing is limited */
  constructor(name: string, limit: Limit, key: KeyObject, store: CounterStore | undefined) {
    this.#name = name
    this.#limit = limit
    this.#key = key
    const counted = { keyPrefix: name, points: limit.count, duration: limit.window }
    const table = { tableName: 'rate_limits', tableCreated: true, clearExpiredByTimeout: false } // the hourly job does it
    this.#counters = store && {
      shared: new RateLimiterPostgres({ ...counted, ...table, storeClient: store, storeType: 'client' }),
      own: new RateLimiterMemory(counted),
    }
  }

  /** Counts one more, before what it is about is done. @throws Problem throttled */
  async count(about: string): Promise<Standing> {
    if (!this.#counters) return unlimited
    const key = this.#keyOf(about)
    const own = await this.#counters.own.consume(key).catch(asResult)
    const result = await this.#counters.shared
      .consume(key)
      .catch(asResult)
      .catch(() => own)
    if (result.consumedPoints > this.#limit.count) throw this.#throttled(result)
    return { used: result.consumedPoints, remaining: result.remainingPoints, headers: this.#headers(result) }
  }

  /** Counts while something is done, which counts only if it succeeds. @throws Problem throttled, and whatever `work` throws */
  async counted(about: string, work: () => Promise<void>): Promise<Standing> {
    const standing = await this.count(about)
    try {
      await work()
    } catch (error) {
      await this.uncount(about)
      throw error
    }
    return standing
  }

  /** Takes one back. Nothing is kept of what was never more than that: a storm would fill the memory. */
  uncount(about: string): Promise<void> {
    const key = this.#keyOf(about)
    return this.#onBoth(async (counter) => {
      const { consumedPoints } = await counter.reward(key)
      if (consumedPoints <= 0) await counter.delete(key)
    })
  }

  forget(about: string): Promise<void> {
    return this.#onBoth((counter) => counter.delete(this.#keyOf(about)))
  }

  /** Refuses everything for so many seconds. */
  block(about: string, seconds: number): Promise<void> {
    return this.#onBoth((counter) => counter.block(this.#keyOf(about), seconds))
  }

  async #onBoth(change: (counter: RateLimiterAbstract) => Promise<unknown>): Promise<void> {
    if (!this.#counters) return
    await change(this.#counters.own)
    await change(this.#counters.shared).catch(() => undefined) // the store has told of it
  }

  /** The header fields when nothing is used. */
  get untouched(): Record<string, string> {
    return this.#counters ? this.#fields(this.#limit.count, this.#limit.window) : {}
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
    return this.#fields(result.remainingPoints, secondsOf(result))
  }

  /** draft-ietf-httpapi-ratelimit-headers. */
  #fields(remaining: number, seconds: number): Record<string, string> {
    const { count, window } = this.#limit
    return {
      'RateLimit-Policy': `"${this.#name}";q=${count};w=${window}`,
      RateLimit: `"${this.#name}";r=${remaining};t=${seconds}`,
    }
  }

  /** The table tells nobody's address. */
  #keyOf(about: string): string {
    return createHmac('sha256', this.#key).update(about).digest('base64url')
  }
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000))
}

/** A refusal is a result as well; it is thrown, and is no Error. */
function asResult(thrown: unknown): RateLimiterRes {
  if (thrown instanceof RateLimiterRes) return thrown
  throw thrown
}
