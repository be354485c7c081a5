/** The milliseconds of two kinds of requests. */
export type Samples = [first: number[], second: number[]]

/**
 * Measures two kinds of requests one after the other, in random order, so that the background work of a request affects
 * both kinds alike.
 * @param count samples of each kind, after `warmUp` more that are dropped
 * @param measure returns milliseconds; its index is unique
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
