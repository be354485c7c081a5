import type { RateLimit } from '../../problems.ts'
import { networkOf, siteOf } from '../networks.ts'
import type { Counter, Limit } from './counter.ts'
import { refundOnError, type CounterState } from './points.ts'

/** The subject of a limit: a client's network, for any account or for one account. */
export type Subject = { ipAddress: string; account?: string }
/**
 * The key of a subject in one of the two counters: the counter of networks, or the counter of sites. `range` is the
 * network or the site.
 */
export type Scope = { key: string; range: string; isSite: boolean }
/** The state of the counters. `exhausted` lists the scopes that have no point left. */
export type NetworkCounterState = CounterState & { exhausted: Scope[] }

/**
 * A site's limit as a multiple of a network's limit. A provider assigns a customer a /56 or a /48, which contains 256
 * or 65,536 networks of the size /64.
 */
export const siteMultiple = 4

/**
 * A limit by network, for any account or for one account. An IPv6 client counts in its /64 network, and also in its
 * /48 site, whose limit is four times as high (security 56, 105). An IPv4 client counts once, by its IP address.
 */
export class NetworkCounter {
  readonly #network: Counter
  readonly #site: Counter

  /** @param create makes the counter with a given name and limit; header fields show the name to clients */
  constructor(name: string, { count, window }: Limit, create: (name: string, limit: Limit) => Counter) {
    this.#network = create(name, { count, window })
    this.#site = create(`${name}-site`, { count: count * siteMultiple, window })
  }

  /**
   * Consumes a point in each scope of a subject.
   * @returns the state of the scope with the fewest points left
   * @throws Problem throttled
   */
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
   * Consumes a point for `work`, and refunds the point when `work` fails.
   * @throws Problem throttled, and every error of `work`
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

  /** Refuses every request in one scope for the given number of seconds. */
  block(scope: Scope, seconds: number): Promise<void> {
    return this.#counterOf(scope).block(scope.key, seconds)
  }

  /** Returns the counter and the key for each scope of a subject. */
  countersOf(subject: Subject): { counter: Counter; key: string; range: string }[] {
    return scopesOf(subject).map((scope) => ({ counter: this.#counterOf(scope), ...scope }))
  }

  /** The rate limit of a network that has consumed no point. */
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
  const scopes = [{ key: keyOf(network), range: network, isSite: false }]
  return site === network ? scopes : [...scopes, { key: keyOf(site), range: site, isSite: true }]
}
