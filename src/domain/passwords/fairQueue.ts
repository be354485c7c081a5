import { Problem } from '../../problems.ts'

/** How many jobs run, how many wait, and how many were refused since the start because the queue was full. */
export type QueueState = { running: number; waiting: number; refused: number }

type Waiter = { start: () => void; refuse: () => void }

/**
 * Bounds the number of jobs that run at the same time and the number of jobs that wait. The queue is fair between
 * networks (security 61, 94): networks take turns, and within a network the job that has waited longest is next. One
 * network may fill the queue while no other network needs it. When the queue is full, a job of a network with few
 * waiting jobs replaces the newest job of the network with the most waiting jobs.
 */
export class FairQueue {
  readonly #maxRunning: number
  readonly #maxWaiting: number
  /** The waiting jobs of each network. The first network in the map is the next to run a job. */
  readonly #waiting = new Map<string, Waiter[]>()
  #running = 0
  #waitingCount = 0
  #refused = 0

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning
    this.#maxWaiting = maxWaiting
  }

  get state(): QueueState {
    return { running: this.#running, waiting: this.#waitingCount, refused: this.#refused }
  }

  /**
   * Waits until a job may run. The caller must call the returned function once, when the job has ended.
   * @param signal the signal that is aborted when the client closes the connection; the job then stops waiting
   * @throws Problem unavailable if the queue is full, a job of another network replaces this job, or the client has
   * gone
   */
  async acquire(network: string, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw clientGone()
    if (this.#running < this.#maxRunning) this.#running++
    else await this.#wait(network, signal)
    return () => {
      this.#release()
    }
  }

  #wait(network: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.#waitingCount >= this.#maxWaiting && !this.#replaceNewestOfLargest(network))
      return Promise.reject(this.#refuse())
    return new Promise((resolve, reject) => {
      const handleAbort = () => {
        this.#remove(network, waiter)
        reject(clientGone())
      }
      const once = (settle: () => void) => () => {
        signal?.removeEventListener('abort', handleAbort)
        settle()
      }
      const waiter = {
        start: once(resolve),
        refuse: once(() => {
          reject(this.#refuse())
        }),
      }
      signal?.addEventListener('abort', handleAbort, { once: true })
      const others = this.#waiting.get(network)
      if (others) others.push(waiter)
      else this.#waiting.set(network, [waiter])
      this.#waitingCount++
    })
  }

  #refuse(): Problem {
    this.#refused++
    return queueFull()
  }

  #release(): void {
    const next = this.#waiting.entries().next().value
    const waiter = next?.[1][0]
    if (!next || !waiter) {
      this.#running--
      return
    }
    const [network, jobs] = next
    this.#remove(network, waiter)
    if (jobs.length > 0) {
      this.#waiting.delete(network)
      this.#waiting.set(network, jobs) // moves this network to the end
    }
    waiter.start()
  }

  /**
   * Refuses the newest job of the network with the most waiting jobs, to make room for a new job.
   * @returns false if the new job's network would then have as many waiting jobs as the largest network
   */
  #replaceNewestOfLargest(network: string): boolean {
    const own = this.#waiting.get(network)?.length ?? 0
    const [largest, jobs] = [...this.#waiting].reduce((most, next) => (next[1].length > most[1].length ? next : most))
    const newest = jobs.at(-1)
    if (!newest || own + 1 >= jobs.length) return false
    this.#remove(largest, newest)
    newest.refuse()
    return true
  }

  #remove(network: string, waiter: Waiter): void {
    const jobs = this.#waiting.get(network) ?? []
    jobs.splice(jobs.indexOf(waiter), 1)
    if (jobs.length === 0) this.#waiting.delete(network)
    this.#waitingCount--
  }
}

function queueFull(): Problem {
  const detail = 'Too many passwords are waiting to be checked. Try again shortly.'
  return new Problem('unavailable', { detail, cause: 'the hash queue is full' })
}

export function clientGone(): Problem {
  return new Problem('unavailable', { cause: 'the client has gone before its password was hashed' })
}
