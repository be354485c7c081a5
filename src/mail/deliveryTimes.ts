const maxRecent = 100
// Milliseconds.
const initial = 500
const longest = 5000

/**
 * The durations of recent deliveries. A mail that any client can cause keeps its worker busy for the usual duration,
 * whether it is sent or not. So the delay of the mails after it does not reveal whether its address has an account
 * (security 96).
 */
export class DeliveryTimes {
  readonly #recent: number[] = []

  add(milliseconds: number): void {
    this.#recent.push(milliseconds)
    if (this.#recent.length > maxRecent) this.#recent.shift()
  }

  /** The 90th percentile in milliseconds, at most 5 s. A few slow deliveries do not change it. */
  get usual(): number {
    const sorted = this.#recent.toSorted((a, b) => a - b)
    return Math.min(sorted[Math.ceil(sorted.length * 0.9) - 1] ?? initial, longest)
  }
}
