import type { Standing } from './counter.ts'

/** One more on a counter, and how it is refunded. */
type Counting = { count(): Promise<Standing>; refund(): Promise<void> }

/** @param subject what the counter counts: a key, or a client's network */
export function countingOf<Subject>(
  counter: { count(subject: Subject): Promise<Standing>; uncount(subject: Subject): Promise<void> },
  subject: Subject,
): Counting {
  return { count: () => counter.count(subject), refund: () => counter.uncount(subject) }
}

/**
 * Counts a request against several limits while it is done; if it fails, or one of them refuses it, all are refunded.
 * @returns the header fields of the limit that is nearest
 * @throws Problem throttled, and whatever `work` throws
 */
export async function countAll(
  countings: readonly Counting[],
  work: () => Promise<void>,
): Promise<Record<string, string>> {
  const counted: Counting[] = []
  let nearest = { remaining: Infinity, headers: {} as Record<string, string> }
  try {
    for (const counting of countings) {
      const standing = await counting.count()
      counted.push(counting)
      if (standing.remaining < nearest.remaining) nearest = standing
    }
    await work()
  } catch (error) {
    await Promise.all(counted.map((counting) => counting.refund()))
    throw error
  }
  return nearest.headers
}
