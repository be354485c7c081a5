import { Problem } from '../../problems.ts'

type Waiter = { start: () => void; refuse: () => void }

/**
 * A bounded number of slots behind a bounded queue that is fair between networks (security 61, 94). A free slot goes to the networks
 * in turn, and within a network to the job that has waited longest. One network may fill the queue while no other needs it. Once the
 * queue is full, a job of a network with few waiting jobs replaces the newest job of the network with the most.
 */
export class FairQueue {
  readonly #size: number
  readonly #maxWaiting: number
  /** The networks with waiting jobs, the next one first. */
  readonly #waiting = new Map<string, Waiter[]>()
  #running = 0
  #length = 0

  constructor(size: number, maxWaiting: number) {
    this.#size = size
    this.#maxWaiting = maxWaiting
  }

  /**
   * Acquires a slot and returns the function that releases it; call that once.
   * @param signal ends the wait, because the client has gone
   * @throws Problem unavailable when the queue is full, when another network's job took the place, or when the client has gone
   */
  async acquire(network: string, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw gone()
    if (this.#running < this.#size) this.#running++
    else await this.#wait(network, signal)
    return () => {
      this.#release()
    }
  }

  #wait(network: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.#length >= this.#maxWaiting && !this.#makeRoom(network)) return Promise.reject(full())
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#remove(network, waiter)
        reject(gone())
      }
      const settle = (end: () => void) => () => {
        signal?.removeEventListener('abort', leave)
        end()
      }
      const waiter = {
        start: settle(resolve),
        refuse: settle(() => {
          reject(full())
        }),
      }
      signal?.addEventListener('abort', leave, { once: true })
      const others = this.#waiting.get(network)
      if (others) others.push(waiter)
      else this.#waiting.set(network, [waiter])
      this.#length++
    })
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
      this.#waiting.set(network, jobs) // the others come first now
    }
    waiter.start()
  }

  /** Refuses the newest job of the network that has the most, unless the newcomer's network would then have as many. */
  #makeRoom(network: string): boolean {
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
    this.#length--
  }
}

function full(): Problem {
  const detail = 'Too many passwords are waiting to be checked. Try again shortly.'
  return new Problem('unavailable', { detail, cause: 'the hash queue is full' })
}

function gone(): Problem {
  return new Problem('unavailable', { cause: 'the client has gone before its password was hashed' })
}
