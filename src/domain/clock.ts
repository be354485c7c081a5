/** Seconds by which the clocks of those who sign and verify may differ. */
export const clockSkew = 5

/** The database's clock, as this process knows it: the local one, corrected by as little as the last measurement demands. */
export class Clock {
  #offset = 0

  /** Seconds since 1970. */
  now(): number {
    return Date.now() / 1000 + this.#offset
  }

  /**
   * Runs a query that reads the database's clock, and corrects this one by it. The database read its clock at some moment between
   * the request and the answer, so that a slow answer leaves a wide range of offsets: the nearest one is taken (security 85).
   * @param query resolves to what was read; undefined: nothing was
   * @param secondsOf the database's clock in it, in seconds since 1970
   */
  async measure<Result>(
    query: () => Promise<Result>,
    secondsOf: (result: Result) => number | undefined,
  ): Promise<Result> {
    const before = Date.now() / 1000
    const began = performance.now()
    const result = await query()
    const seconds = secondsOf(result)
    if (seconds !== undefined) this.adjust(seconds, before, before + (performance.now() - began) / 1000)
    return result
  }

  /** All in seconds since 1970: the database's clock, read between two moments of the local clock. */
  adjust(databaseSeconds: number, before = Date.now() / 1000, after = before): void {
    this.#offset = Math.min(Math.max(this.#offset, databaseSeconds - after), databaseSeconds - before)
  }
}
