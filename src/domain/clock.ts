/**
 * The largest accepted difference, in seconds, between the clock of a service that verifies tokens and the clock of
 * the service that signs them.
 */
export const clockSkew = 5

/** Returns the seconds since this process started. A step of the system's clock does not change this time. */
const localTime = () => performance.now() / 1000

/**
 * Estimates the time of the database as the local time plus an offset. A measurement changes the offset by as little
 * as possible. The system clock may be changed between two measurements, so the local time does not come from the
 * system clock.
 */
export class Clock {
  /** Until the first measurement, the system clock’s time at process start is used. */
  #offset = performance.timeOrigin / 1000

  /** Returns the estimated time of the database, in seconds since 1970. */
  now(): number {
    return localTime() + this.#offset
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
    const before = localTime()
    const result = await query()
    const seconds = secondsOf(result)
    if (seconds !== undefined) this.adjust(seconds, before, localTime())
    return result
  }

  /**
   * Corrects this clock.
   * @param databaseSeconds the database's time in seconds since 1970
   * @param before the local time in seconds, before the database read its clock
   * @param after the local time in seconds, after the database read its clock
   */
  adjust(databaseSeconds: number, before = localTime(), after = before): void {
    this.#offset = Math.min(Math.max(this.#offset, databaseSeconds - after), databaseSeconds - before)
  }
}
