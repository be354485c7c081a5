/** Counts the replies of one scenario, and collects what must not have happened. */
export class Recorder {
  requests = 0
  acknowledged = 0
  /** Replies of 503 with Retry-After, and connections that were refused: the request had no known effect. */
  unavailable = 0
  /** Replies of 4xx that the client expected. */
  refused = 0
  /** Connections that were lost before the reply. */
  broken = 0
  internalErrors = 0
  /** Acknowledged effects that are missing, and effects that no client requested. */
  readonly lost: string[] = []
  readonly violations: string[] = []
  /** Whether every request has to succeed, as in a rolling restart. */
  mustSucceed = false
  /** The milliseconds from the end of the fault to the reply of the first request that began after it. */
  recovery: number | undefined
  #faultEndedAt: number | undefined

  /** Records that a fault begins or ends. Several faults may follow each other; the last end counts. */
  endFault(): void {
    this.#faultEndedAt = performance.now()
    this.recovery = undefined
  }

  get hasRecovered(): boolean {
    return this.recovery !== undefined
  }

  acknowledge(beganAt: number): void {
    this.acknowledged++
    if (this.#faultEndedAt === undefined || beganAt < this.#faultEndedAt) return
    this.recovery ??= performance.now() - this.#faultEndedAt
  }

  lose(what: string): void {
    this.lost.push(what)
  }

  violate(what: string): void {
    this.violations.push(what)
  }

  get failed(): boolean {
    return this.lost.length + this.violations.length + this.internalErrors > 0
  }
}
