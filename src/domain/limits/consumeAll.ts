import type { CounterState } from './counter.ts'

/** One point of a counter, and how it is refunded. */
type Consumption = { consume(): Promise<CounterState>; refund(): Promise<void> }

/** @param subject what the counter counts: a key, or a client's network */
export function consumptionOf<Subject>(
  counter: { consume(subject: Subject): Promise<CounterState>; refund(subject: Subject): Promise<void> },
  subject: Subject,
): Consumption {
  return { consume: () => counter.consume(subject), refund: () => counter.refund(subject) }
}

/**
 * Counts a request against several limits while it is done; if it fails, or one of them refuses it, all are refunded.
 * @returns the header fields of the limit that is nearest
 * @throws Problem throttled, and whatever `work` throws
 */
export async function consumeAll(
  consumptions: readonly Consumption[],
  work: () => Promise<void>,
): Promise<Record<string, string>> {
  const consumed: Consumption[] = []
  let nearest = { remaining: Infinity, headers: {} as Record<string, string> }
  try {
    for (const consumption of consumptions) {
      const state = await consumption.consume()
      consumed.push(consumption)
      if (state.remaining < nearest.remaining) nearest = state
    }
    await work()
  } catch (error) {
    await Promise.all(consumed.map((consumption) => consumption.refund()))
    throw error
  }
  return nearest.headers
}
