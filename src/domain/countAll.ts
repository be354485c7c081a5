import type { Counter } from './counter.ts'

/**
 * Counts a request against several limits while it is done; if it fails, or one of them refuses it, all are refunded.
 * @param counted counters, each with the key of what it counts
 * @returns the header fields of the limit that is nearest
 * @throws Problem throttled, and whatever `work` throws
 */
export async function countAll(
  counted: readonly (readonly [counter: Counter, key: string])[],
  work: () => Promise<void>,
): Promise<Record<string, string>> {
  const refunds: (() => Promise<void>)[] = []
  let nearest = { remaining: Infinity, headers: {} as Record<string, string> }
  try {
    for (const [counter, key] of counted) {
      const state = await counter.count(key)
      refunds.push(() => counter.uncount(key))
      if (state.remaining < nearest.remaining) nearest = state
    }
    await work()
  } catch (error) {
    await Promise.all(refunds.map((refund) => refund()))
    throw error
  }
  return nearest.headers
}
