import { createHmac, type KeyObject } from 'node:crypto'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { CounterStore } from '../db/counterStore.ts'
import { Problem } from '../problems.ts'

/** So many in so many seconds. */
export type Limit = { count: number; window: number }
/** Where a counter is after one more; without a limit it never gets anywhere. */
export type Standing = { used: number; remaining: number; headers: Record<string, string> }

const unlimited: Standing = { used: 0, remaining: Infinity, headers: {} }

/**
 * One limit, counted in the database for all instances. While that does not answer, each instance counts by itself: the
 * door stays guarded and the service goes on.
 */
export class Counter {
  readonly #name: string
  readonly #limit: Limit
  readonly #key: KeyObject
  readonly #limiter: RateLimiterPostgres | undefined

  /** @param store undefined: nothing is limited */
  constructor(name: string, limit: Limit, key: KeyObject, store: CounterStore | undefined) {
    this.#name = name
    this.#limit = limit
    this.#key = key
    const counted = { keyPrefix: name, points: limit.count, duration: limit.window }
    this.#limiter =
      store &&
      new RateLimiterPostgres({
        ...counted,
        storeClient: store,
        storeType: 'client',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false, // the hourly job does it
        insuranceLimiter: new RateLimiterMemory(counted),
      })
  }

  /** Counts one more, before what it is about is done. @throws Problem throttled */
  async count(about: string): Promise<Standing> {
    if (!this.#limiter) return unlimited
    try {
      const result = await this.#limiter.consume(this.#keyOf(about))
      return { used: result.consumedPoints, remaining: result.remainingPoints, headers: this.#headers(result) }
    } catch (refusal) {
      throw refusal instanceof RateLimiterRes ? this.#throttled(refusal) : refusal
    }
  }

  /** Takes one back. */
  async uncount(about: string): Promise<void> {
    await this.#limiter?.reward(this.#keyOf(about))
  }

  async forget(about: string): Promise<void> {
    await this.#limiter?.delete(this.#keyOf(about))
  }

  /** Refuses everything for so many seconds. */
  async block(about: string, seconds: number): Promise<void> {
    await this.#limiter?.block(this.#keyOf(about), seconds)
  }

  /** The header fields when nothing is used. */
  get untouched(): Record<string, string> {
    return this.#limiter ? this.#fields(this.#limit.count, this.#limit.window) : {}
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
