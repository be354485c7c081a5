import type { RateLimit } from '../../problems.ts'

/** The state of a counter after a point was consumed. `rateLimit` is undefined if nothing is limited. */
export type CounterState = { used: number; remaining: number; rateLimit: RateLimit | undefined }

type Consumable<Key, State> = { consume(key: Key): Promise<State>; refund(key: Key): Promise<void> }

/** The points that one request has consumed from several counters. The request can refund all of them together. */
export class ConsumedPoints {
  readonly #refunds = new Map<object, () => Promise<void>>()
  #tightest: CounterState | undefined

  /** Consumes a point of a counter. @throws Problem throttled */
  async consume<Key, State extends CounterState>(counter: Consumable<Key, State>, key: Key): Promise<State> {
    const state = await counter.consume(key)
    this.#refunds.set(counter, () => counter.refund(key))
    if (!this.#tightest || state.remaining < this.#tightest.remaining) this.#tightest = state
    return state
  }

  /** The state of the counter with the fewest points left. */
  get tightest(): CounterState | undefined {
    return this.#tightest
  }

  /** Refunds every point, except the point of the counter `except`. */
  async refund({ except }: { except?: object } = {}): Promise<void> {
    const refunds = [...this.#refunds].filter(([counter]) => counter !== except)
    await Promise.all(refunds.map(([, refund]) => refund()))
  }
}

/** Runs `work`, and runs `refund` if `work` fails. @throws the error of `work` */
export async function refundOnError<Result>(refund: () => Promise<void>, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    await refund()
    throw error
  }
}
