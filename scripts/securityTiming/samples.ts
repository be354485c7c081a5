/** The durations of two kinds of requests, in milliseconds. */
export type Samples = [first: number[], second: number[]]

/**
 * Measures two kinds of requests. The requests run one after the other in random order, so that the background work
 * after a request affects both kinds alike.
 * @param count the number of samples of each kind
 * @param warmUp the number of requests of each kind that run first and are not measured
 * @param measure sends a request of the given kind and returns its duration in milliseconds; each call gets another
 * index
 */
export async function takeSamples(
  count: number,
  warmUp: number,
  measure: (kind: 0 | 1, index: number) => Promise<number>,
): Promise<Samples> {
  const samples: Samples = [[], []]
  const kinds = (length: number) => Array.from({ length: 2 * length }, (_, index) => (index % 2) as 0 | 1)
  const randomOrder = kinds(count)
    .map((kind) => ({ kind, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ kind }) => kind)
  for (const [index, kind] of [...kinds(warmUp), ...randomOrder].entries()) {
    const ms = await measure(kind, index)
    if (index >= 2 * warmUp) samples[kind].push(ms)
  }
  return samples
}
