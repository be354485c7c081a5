/** Seconds by which the clocks of those who sign and verify may differ. */
export const clockSkew = 5

/** The database's clock, as this process knows it: the local one, corrected by the last measured offset. */
export class Clock {
  #offset = 0

  /** Seconds since 1970. */
  now(): number {
    return Date.now() / 1000 + this.#offset
  }

  /** @param databaseSeconds what the database's clock said just now, seconds since 1970 */
  adjust(databaseSeconds: number): void {
    this.#offset = databaseSeconds - Date.now() / 1000
  }
}
