import { setTimeout as sleep } from 'node:timers/promises'
import { cpuOf } from './proc.ts'
import { percentile } from '../statistics.ts'

/** How long a measurement warms up and counts, and the processes whose CPU time it counts, by a name. */
export type Span = { warm: number; seconds: number; pids: Record<string, number> }

export type Measured = {
  /** The operations that succeeded in the counted seconds, per second. */
  rate: number
  /** All operations that succeeded, those of the warm-up and of the last moment included. */
  total: number
  p50: number
  p99: number
  /** How often an operation failed for each reason, warm-up included. */
  failures: Record<string, number>
  /** The CPU time per operation that counts, in microseconds, of each process with its descendants. */
  cpu: Record<string, number>
}

/**
 * Counts the operations of one measurement. An operation counts when it ends after the warm-up and within the
 * seconds that count, so that the connections need not be opened again after the warm-up.
 */
export class Counter {
  readonly #times: number[] = []
  readonly #span: Span
  readonly #from: number
  readonly #to: number
  readonly #cpu: Promise<Record<string, number>>
  readonly #failures: Record<string, number> = {}
  #total = 0

  constructor(span: Span) {
    this.#span = span
    this.#from = performance.now() + span.warm * 1000
    this.#to = this.#from + span.seconds * 1000
    this.#cpu = this.#readCpu()
  }

  get isOver(): boolean {
    return performance.now() >= this.#to
  }

  /** Counts an operation that has just succeeded. @param began the time at which it began, of performance.now() */
  add(began: number): void {
    const now = performance.now()
    this.#total++
    if (now >= this.#from && now < this.#to) this.#times.push(now - began)
  }

  fail(reason: string): void {
    this.#failures[reason] = (this.#failures[reason] ?? 0) + 1
  }

  async result(): Promise<Measured> {
    const cpu = Object.entries(await this.#cpu).map(([name, ms]) => [name, (ms * 1000) / this.#times.length] as const)
    return {
      rate: this.#times.length / this.#span.seconds,
      total: this.#total,
      p50: percentile(this.#times, 0.5),
      p99: percentile(this.#times, 0.99),
      failures: this.#failures,
      cpu: Object.fromEntries(cpu),
    }
  }

  async #readCpu(): Promise<Record<string, number>> {
    const read = () => Object.entries(this.#span.pids).map(([name, pid]) => [name, cpuOf(pid)] as const)
    await sleep(this.#span.warm * 1000)
    const before = Object.fromEntries(read())
    await sleep(Math.max(0, this.#to - performance.now()))
    return Object.fromEntries(read().map(([name, ms]) => [name, ms - (before[name] ?? 0)]))
  }
}
