import { Problem } from '../problems.ts'

/**
 * How many slots there are, how many callers have one, how many wait for one, and how many were refused since the
 * start.
 */
export type SemaphoreState = { size: number; inUse: number; waiting: number; refused: number }

type Waiter = { start: () => void; timer: NodeJS.Timeout | undefined }

/**
 * A semaphore with a limited queue. `maxWaiting` limits the number of waiting callers, and `maxWait` limits the wait
 * of each caller in milliseconds.
 */
export class Semaphore {
  readonly #size: number
  readonly #limits: { maxWaiting?: number; maxWait?: number }
  readonly #queue: Waiter[] = []
  #acquired = 0
  #refused = 0

  constructor(size: number, limits: { maxWaiting?: number; maxWait?: number }) {
    this.#size = size
    this.#limits = limits
  }

  get state(): SemaphoreState {
    return { size: this.#size, inUse: this.#acquired, waiting: this.#queue.length, refused: this.#refused }
  }

  /**
   * Acquires a slot.
   * @returns the function that releases the slot; the caller must call it exactly once
   * @throws Problem unavailable, with `reason` as its cause, when the queue is full or the caller has waited for
   * `maxWait`
   */
  async acquire(reason: string): Promise<() => void> {
    if (this.#acquired < this.#size) this.#acquired++
    else await this.#wait(reason)
    return () => {
      const next = this.#queue.shift()
      if (!next) {
        this.#acquired--
        return
      }
      clearTimeout(next.timer)
      next.start()
    }
  }

  #wait(reason: string): Promise<void> {
    const { maxWaiting = Infinity, maxWait } = this.#limits
    const refusal = () => {
      this.#refused++
      return new Problem('unavailable', { cause: reason })
    }
    if (this.#queue.length >= maxWaiting) return Promise.reject(refusal())
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { start: resolve, timer: undefined }
      if (maxWait !== undefined) {
        waiter.timer = setTimeout(() => {
          this.#queue.splice(this.#queue.indexOf(waiter), 1)
          reject(refusal())
        }, maxWait)
      }
      this.#queue.push(waiter)
    })
  }
}
