import type { Database } from '../db/database.ts'
import { Semaphore } from '../db/semaphore.ts'

const seconds = 1000

/** A pool of few connections, so that lists cannot use up those of the database. The time-out is in milliseconds. */
export const listPool = { maxPoolSize: 4, statementTimeout: 2 * seconds }

const perUser = { running: 2, maxWaiting: 8, maxWait: 2 * seconds }

type Queue = { semaphore: Semaphore; requests: number }

/**
 * Runs list requests, two of a user at a time, on a pool of their own with a short statement time-out (security 95).
 */
export class Lists {
  readonly #db: Database
  readonly #queues = new Map<string, Queue>()

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Runs one list request of a user.
   * @param work runs its statements on the pool of lists
   * @throws Problem unavailable if too many requests of the user wait, or this one has waited for 2 s
   */
  async run<Result>(userId: string, work: (db: Database) => Promise<Result>): Promise<Result> {
    const queue = this.#queues.get(userId) ?? { semaphore: new Semaphore(perUser.running, perUser), requests: 0 }
    this.#queues.set(userId, queue)
    queue.requests++
    try {
      const release = await queue.semaphore.acquire('too many list requests of this user')
      try {
        return await work(this.#db)
      } finally {
        release()
      }
    } finally {
      if (--queue.requests === 0) this.#queues.delete(userId)
    }
  }
}
