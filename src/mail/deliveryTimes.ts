const kept = 100
const initial = 500
const longest = 5000

/**
 * How long recent deliveries took. A mail that any client can cause keeps its worker busy for that long, sent or not: the
 * mails that queue behind it do not reveal by their delay whether its address has an account (security 96).
 */
export class DeliveryTimes {
  readonly #recent: number[] = []

  add(milliseconds: number): void {
    this.#recent.push(milliseconds)
    if (this.#recent.length > kept) this.#recent.shift()
  }

  /** Milliseconds that nine of ten recent deliveries stayed within; a few slow ones do not move it. */
  get usual(): number {
    const sorted = this.#recent.toSorted((a, b) => a - b)
    return Math.min(sorted[Math.ceil(sorted.length * 0.9) - 1] ?? initial, longest)
  }
}
