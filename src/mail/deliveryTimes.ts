const maxRecent = 100
// The delivery time in milliseconds that is assumed before the first delivery.
const initial = 500
const longest = 5000

/**
 * Measures how long recent deliveries took. When any client can cause a mail, the worker spends the usual duration of
 * a delivery on the mail, even if the mail is dropped. So the delay of later mails does not reveal whether the email
 * address of this mail has an account (security 96).
 */
export class DeliveryTimes {
  readonly #recent: number[] = []

  add(milliseconds: number): void {
    this.#recent.push(milliseconds)
    if (this.#recent.length > maxRecent) this.#recent.shift()
  }

  /**
   * The usual duration of a delivery in milliseconds: the 90th percentile of the recent durations, but at most 5 s. A
   * few slow deliveries do not change the percentile.
   */
  get usual(): number {
    const sorted = this.#recent.toSorted((a, b) => a - b)
    return Math.min(sorted[Math.ceil(sorted.length * 0.9) - 1] ?? initial, longest)
  }
}
