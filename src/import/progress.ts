const interval = 5000 // milliseconds

/** Prints how many rows were handled, and how many a second, every 5 seconds. */
export class Progress {
  readonly #what: string
  readonly #total: number
  readonly #print: (text: string) => void
  readonly #began = performance.now()
  #printed = this.#began
  #done = 0

  constructor(what: string, total: number, print: (text: string) => void) {
    this.#what = what
    this.#total = total
    this.#print = print
  }

  add(rows: number): void {
    this.#done += rows
    const now = performance.now()
    if (now - this.#printed < interval) return
    this.#printed = now
    const rate = Math.round(this.#done / ((now - this.#began) / 1000))
    const [done, total] = [this.#done, this.#total].map((count) => count.toLocaleString('en'))
    this.#print(`${this.#what}: ${String(done)} of ${String(total)}, ${rate.toLocaleString('en')} a second`)
  }
}
