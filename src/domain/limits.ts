import type { KeyObject } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { CounterStore } from '../db/counterStore.ts'
import { Counter, type Limit } from './counter.ts'

const day = 86_400

/** The limits that requests meet; those of mails are the worker's (src/mail). */
export class Limits {
  /** Wrong passwords for an account from one network: beyond them it is locked for that network. */
  readonly signIn: Counter
  /** The times of a day that an account was locked for a network: each lasts twice as long as the one before. */
  readonly lockOuts: Counter
  /** Wrong passwords for an account from everywhere. */
  readonly signInAccount: Counter
  /** Wrong passwords from one network for any account. */
  readonly signInNetwork: Counter
  /** Successful sign-ins to an account from one network. */
  readonly signInSuccess: Counter
  /** Registrations from one network. */
  readonly registration: Counter
  /** Refreshes of one session. */
  readonly refresh: Counter
  readonly #firstLockOut: number

  /** @param store undefined: nothing is limited */
  constructor(
    limits: Record<'signIn' | 'signInAccount' | 'signInNetwork' | 'signInSuccess' | 'registration' | 'refresh', Limit>,
    key: KeyObject,
    store: CounterStore | undefined,
  ) {
    const counter = (name: string, limit: Limit) => new Counter(name, limit, key, store)
    this.signIn = counter('sign-in', limits.signIn)
    this.signInAccount = counter('sign-in-account', limits.signInAccount)
    this.signInNetwork = counter('sign-in-network', limits.signInNetwork)
    this.signInSuccess = counter('sign-in-success', limits.signInSuccess)
    this.registration = counter('registration', limits.registration)
    this.refresh = counter('refresh', limits.refresh)
    this.lockOuts = counter('lock-outs', { count: 1_000_000, window: day })
    this.#firstLockOut = limits.signIn.window
  }

  /** Seconds that the nth lock-out of a day lasts: 15 min, 30 min, 1 h, … a day at the most. */
  lockOutOf(nth: number): number {
    return Math.min(this.#firstLockOut * 2 ** (nth - 1), day)
  }
}

/** Who counts as one network: an IPv4 address, or the /64 of an IPv6 address (security 56). */
export function networkOf(ipAddress: string): string {
  if (!ipaddr.isValid(ipAddress)) return ipAddress
  const address = ipaddr.process(ipAddress) // an IPv4 address that is written as IPv6 is an IPv4 address
  return address.kind() === 'ipv4' ? address.toString() : `${address.toNormalizedString().split(':', 4).join(':')}::/64`
}
