import type { RateLimit } from '../../problems.ts'
import { networkOf, siteOf } from '../networks.ts'
import type { Counter, Limit } from './counter.ts'
import { refundOnError, type CounterState } from './points.ts'

/** A client's network, for any account or for one. */
export type Subject = { ipAddress: string; account?: string }
/** A subject's key in one of the two counters: in its network, or in its site. */
export type Scope = { key: string; isSite: boolean }
/** `exhausted`: the scopes that have no point left. */
export type NetworkCounterState = CounterState & { exhausted: Scope[] }

/** A site's limit in networks: a provider assigns a customer a /56 or a /48, which is 256 or 65,536 times a /64. */
const siteMultiple = 4

/**
 * A limit by network, with or without an account. An IPv6 client counts in its /64 and, with four times the limit, in
 * its /48 (security 56, 105). For IPv4 both are the address, which is counted once.
 */
export class NetworkCounter {
  readonly #network: Counter
  readonly #site: Counter

  /** @param create makes one counter, by the name that header fields show */
  constructor(name: string, { count, window }: Limit, create: (name: string, limit: Limit) => Counter) {
    this.#network = create(name, { count, window })
    this.#site = create(`${name}-site`, { count: count * siteMultiple, window })
  }

  /** Consumes a point of each scope. @returns the state of the scope with the least left @throws Problem throttled */
  async consume(subject: Subject): Promise<NetworkCounterState> {
    const consumed: { scope: Scope; state: CounterState }[] = []
    try {
      for (const scope of scopesOf(subject))
        consumed.push({ scope, state: await this.#counterOf(scope).consume(scope.key) })
    } catch (error) {
      await Promise.all(consumed.map(({ scope }) => this.#counterOf(scope).refund(scope.key)))
      throw error
    }
    const states = consumed.map(({ state }) => state)
    const tightest = states.reduce((least, next) => (next.remaining < least.remaining ? next : least))
    const exhausted = consumed.filter(({ state }) => state.remaining === 0).map(({ scope }) => scope)
    return { ...tightest, exhausted }
  }

  /**
   * Consumes a point for `work`, and refunds it when `work` fails.
   * @throws Problem throttled, and whatever `work` throws
   */
  async consumeUnlessFailed(subject: Subject, work: () => Promise<void>): Promise<NetworkCounterState> {
    const state = await this.consume(subject)
    await refundOnError(() => this.refund(subject), work)
    return state
  }

  async refund(subject: Subject): Promise<void> {
    await Promise.all(scopesOf(subject).map((scope) => this.#counterOf(scope).refund(scope.key)))
  }

  async reset(subject: Subject): Promise<void> {
    await Promise.all(scopesOf(subject).map((scope) => this.#counterOf(scope).reset(scope.key)))
  }

  /** Refuses every request in one scope for so many seconds. */
  block(scope: Scope, seconds: number): Promise<void> {
    return this.#counterOf(scope).block(scope.key, seconds)
  }

  /** The rate limit of a network without a consumed point. */
  get unused(): RateLimit | undefined {
    return this.#network.unused
  }

  #counterOf({ isSite }: Scope): Counter {
    return isSite ? this.#site : this.#network
  }
}

export function scopesOf({ ipAddress, account }: Subject): Scope[] {
  const [network, site] = [networkOf(ipAddress), siteOf(ipAddress)]
  const keyOf = (range: string) => (account === undefined ? range : `${account} ${range}`)
  const scopes = [{ key: keyOf(network), isSite: false }]
  return site === network ? scopes : [...scopes, { key: keyOf(site), isSite: true }]
}
