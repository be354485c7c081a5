/**
 * How many seconds the clock of a service that verifies tokens may differ from that of the service that signs them.
 */
export const clockSkew = 5

/**
 * Estimates the database's clock: the local clock plus an offset, which a measurement changes by as little as it can.
 */
export class Clock {
  #offset = 0

  /** Seconds since 1970. */
  now(): number {
    return Date.now() / 1000 + this.#offset
  }

  /**
   * Runs a query that reads the database's clock, and corrects this clock by the result. The database reads its clock
   * at an unknown moment between the query and its result, so a slow result allows a range of offsets. The offset
   * moves to the nearest one in that range (security 85).
   * @param secondsOf reads the database's clock from the result, in seconds since 1970; undefined if the result has
   * none
   */
  async measure<Result>(
    query: () => Promise<Result>,
    secondsOf: (result: Result) => number | undefined,
  ): Promise<Result> {
    const before = Date.now() / 1000
    const startedAt = performance.now()
    const result = await query()
    const seconds = secondsOf(result)
    if (seconds !== undefined) this.adjust(seconds, before, before + (performance.now() - startedAt) / 1000)
    return result
  }

  /**
   * Corrects this clock. All parameters are in seconds since 1970.
   * @param before the local clock before the database read its own
   * @param after the local clock after that
   */
  adjust(databaseSeconds: number, before = Date.now() / 1000, after = before): void {
    this.#offset = Math.min(Math.max(this.#offset, databaseSeconds - after), databaseSeconds - before)
  }
}
