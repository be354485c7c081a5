import type { KeyObject } from 'node:crypto'
import type { CounterStore } from '../../db/counterStore.ts'
import type { Database } from '../../db/database.ts'
import { Counter, type Limit, type LimitDecisions } from './counter.ts'
import { NetworkCounter } from './networkCounter.ts'

const day = 86_400

type LimitName =
  | 'signIn'
  | 'signInAccount'
  | 'signInNetwork'
  | 'signInSuccess'
  | 'registration'
  | 'recovery'
  | 'passwordChange'
  | 'emailChangeHour'
  | 'emailChangeDay'
  | 'newDeviceMails'
  | 'refresh'

/** The services that a function needs to limit requests. */
export type LimitServices = { db: Database; limits: Limits }

/** The limits of requests. The worker applies the limits on emails (src/mail). */
export class Limits {
  /** Wrong passwords for an account from one network. Beyond this limit the account is locked for the network. */
  readonly signIn: NetworkCounter
  /** The lockouts of an account in a network within a day. Each lockout lasts twice as long as the one before. */
  readonly lockouts: Counter
  /** Wrong passwords for an account from everywhere. */
  readonly signInAccount: Counter
  /** Wrong passwords from one network for any account. */
  readonly signInNetwork: NetworkCounter
  /** Successful sign-ins to an account from one network. */
  readonly signInSuccess: NetworkCounter
  /** Registrations from one network. */
  readonly registration: NetworkCounter
  /** Requests from one network for a recovery or an activation mail. */
  readonly recovery: NetworkCounter
  /** Changes of one account's password. */
  readonly passwordChange: Counter
  /** Requests to change an email address: in an hour and in a day, by account and by network. */
  readonly emailChanges: { byAccount: Counter[]; byNetwork: NetworkCounter[] }
  /** Mails about new devices to one account, which are counted in the outbox. Undefined if nothing is limited. */
  readonly newDeviceMails: Limit | undefined
  /** Refreshes of one session. */
  readonly refresh: Counter
  /** The limits of requests, by their names. */
  readonly policies = new Map<string, Limit>()
  /** The number of requests that each limit has allowed and refused since the start, by the name of the limit. */
  readonly decisions = new Map<string, LimitDecisions>()
  readonly #firstLockout: number

  /**
   * @param key the secret under which the counters hash their keys
   * @param store the counters in the database; undefined if nothing is limited
   */
  constructor(limits: Record<LimitName, Limit>, key: KeyObject, store: CounterStore | undefined) {
    const counter = (name: string, limit: Limit) => {
      // Two counters of a limit, for example by account and by network, decide under one name.
      const decisions = this.decisions.get(name) ?? { allowed: 0, refused: 0 }
      this.decisions.set(name, decisions)
      this.policies.set(name, limit)
      return new Counter(name, limit, key, store, decisions)
    }
    const networkCounter = (name: string, limit: Limit) => new NetworkCounter(name, limit, counter)
    this.signIn = networkCounter('sign-in', limits.signIn)
    this.signInAccount = counter('sign-in-account', limits.signInAccount)
    this.signInSuccess = networkCounter('sign-in-success', limits.signInSuccess)
    this.signInNetwork = networkCounter('sign-in-network', limits.signInNetwork)
    this.registration = networkCounter('registration', limits.registration)
    this.recovery = networkCounter('recovery', limits.recovery)
    this.passwordChange = counter('password-change', limits.passwordChange)
    const emailChanges = [
      ['email-change-hour', limits.emailChangeHour],
      ['email-change-day', limits.emailChangeDay],
    ] as const
    this.emailChanges = {
      byAccount: emailChanges.map(([name, limit]) => counter(name, limit)),
      byNetwork: emailChanges.map(([name, limit]) => networkCounter(name, limit)),
    }
    this.newDeviceMails = store && limits.newDeviceMails
    this.refresh = counter('refresh', limits.refresh)
    this.lockouts = counter('lock-outs', { count: 1_000_000, window: day })
    this.#firstLockout = limits.signIn.window
  }

  /** Returns the seconds that the nth lockout of a day lasts: 15 min, 30 min, 1 h, … at most a day. */
  lockoutSeconds(nth: number): number {
    return Math.min(this.#firstLockout * 2 ** (nth - 1), day)
  }
}
