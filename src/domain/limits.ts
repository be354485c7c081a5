import type { KeyObject } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { CounterStore } from '../db/counterStore.ts'
import { Counter, type Limit } from './counter.ts'

const day = 86_400

type LimitName =
  | 'signIn'
  | 'signInAccount'
  | 'signInNetwork'
  | 'registration'
  | 'recovery'
  | 'passwordChange'
  | 'emailChangeHour'
  | 'emailChangeDay'
  | 'newDeviceMails'
  | 'refresh'

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
  /** Registrations from one network. */
  readonly registration: Counter
  /** Requests from one network for a recovery or an activation mail. */
  readonly recovery: Counter
  /** Changes of one account's password. */
  readonly passwordChange: Counter
  /** Requests to change an address, of one account or from one network: in an hour, and in a day. */
  readonly emailChangeHour: Counter
  readonly emailChangeDay: Counter
  /** Mails about new devices to one account, counted in the outbox; undefined: as many as there are. */
  readonly newDeviceMails: Limit | undefined
  /** Refreshes of one session. */
  readonly refresh: Counter
  readonly #firstLockOut: number

  /** @param store undefined: nothing is limited */
  constructor(limits: Record<LimitName, Limit>, key: KeyObject, store: CounterStore | undefined) {
    const counter = (name: string, limit: Limit) => new Counter(name, limit, key, store)
    this.signIn = counter('sign-in', limits.signIn)
    this.signInAccount = counter('sign-in-account', limits.signInAccount)
    this.signInNetwork = counter('sign-in-network', limits.signInNetwork)
    this.registration = counter('registration', limits.registration)
    this.recovery = counter('recovery', limits.recovery)
    this.passwordChange = counter('password-change', limits.passwordChange)
    this.emailChangeHour = counter('email-change-hour', limits.emailChangeHour)
    this.emailChangeDay = counter('email-change-day', limits.emailChangeDay)
    this.newDeviceMails = store && limits.newDeviceMails
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

/** An IPv4 address, or the /48 of an IPv6 address, which is what one customer may be given: no more than that is one cause of mails. */
export function siteOf(ipAddress: string): string {
  const network = networkOf(ipAddress)
  return network.endsWith('::/64') ? `${network.split(':', 3).join(':')}::/48` : network
}
