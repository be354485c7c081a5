import { median } from '../statistics.ts'

export type Comparison = {
  medians: [number, number]
  /**
   * The probability that a random first value is greater than a random second one; ties count half. 0.5 means no
   * difference.
   */
  effect: number
  /** The probability that chance alone causes such a difference: two-sided, by the normal approximation. */
  p: number
}

/**
 * Compares two samples of at least 20 values each with the Mann–Whitney U test (Mann and Whitney, 1947), corrected
 * for ties and continuity.
 */
export function compare(first: readonly number[], second: readonly number[]): Comparison {
  const [n, m] = [first.length, second.length]
  const all = [...first.map((value) => ({ value, isFirst: 1 })), ...second.map((value) => ({ value, isFirst: 0 }))]
  all.sort((a, b) => a.value - b.value)
  let [rankSum, ties] = [0, 0]
  for (let at = 0, end = 0; at < all.length; at = end) {
    while (end < all.length && all[end]?.value === all[at]?.value) end++
    const tied = all.slice(at, end)
    ties += tied.length ** 3 - tied.length
    for (const { isFirst } of tied) rankSum += isFirst * ((at + 1 + end) / 2)
  }
  const u = rankSum - (n * (n + 1)) / 2
  const deviation = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1))))
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / deviation
  return { medians: [median(first), median(second)], effect: u / (n * m), p: Number.isFinite(z) ? tails(z) : 1 }
}

/**
 * Returns the probability of both tails of the normal distribution beyond z, with an error of at most 2e-7
 * (Abramowitz and Stegun, 7.1.26).
 */
function tails(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const factors = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592]
  return factors.reduce((sum, factor) => sum * t + factor, 0) * t * Math.exp(-x * x)
}
