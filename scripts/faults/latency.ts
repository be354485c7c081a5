import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../statistics.ts'

type Sample = { at: number; ms: number }

/** Sends a request twenty times a second until it is stopped, and measures the time to each reply. */
export class LatencyProbe {
  readonly #samples: Sample[] = []
  readonly #running: Promise<void>
  #stopped = false

  constructor(request: () => Promise<unknown>) {
    this.#running = this.#measure(request)
  }

  async stop(): Promise<readonly Sample[]> {
    this.#stopped = true
    await this.#running
    return this.#samples
  }

  async #measure(request: () => Promise<unknown>): Promise<void> {
    while (!this.#stopped) {
      const at = performance.now()
      await request()
      this.#samples.push({ at, ms: performance.now() - at })
      await sleep(50)
    }
  }
}

/**
 * Returns the seconds from `end` until replies were as quick as before `begin`: until the last reply arrived that took
 * over 20 ms more than twice the 99th percentile of the replies before `begin`.
 */
export function secondsUntilNormal(samples: readonly Sample[], begin: number, end: number): number {
  const before = samples.filter(({ at }) => at < begin).map(({ ms }) => ms)
  const limit = 2 * percentile(before, 0.99) + 20
  const slow = samples.filter(({ at, ms }) => at > end && ms > limit)
  return Math.max(0, ...slow.map(({ at, ms }) => (at + ms - end) / 1000))
}
