/**
 * The largest accepted difference, in seconds, between the clock of a service that verifies tokens and the clock of
 * the service that signs them.
 */
export const clockSkew = 5

/**
 * Estimates the time of the database as the local time plus an offset. A measurement changes the offset by as little
 * as possible.
 */
export class Clock {
  #offset = 0

  /** Returns the estimated time of the database, in seconds since 1970. */
  now(): number {
    return Date.now() / 1000 + this.#offset
  }

  /**
   * Runs a query that reads the database's clock, and corrects this clock by the result. The database reads its clock
   * at an unknown moment between the query and its result, so a slow result allows a range of offsets. The offset
   * moves to the nearest value in that range (security 85).
   * @param secondsOf returns the database's time that the result contains, in seconds since 1970; undefined if the
   * result contains none
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
   * @param before the local time before the database read its clock
   * @param after the local time after the database read its clock
   */
  adjust(databaseSeconds: number, before = Date.now() / 1000, after = before): void {
    this.#offset = Math.min(Math.max(this.#offset, databaseSeconds - after), databaseSeconds - before)
  }
}
