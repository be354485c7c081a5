import type { Database } from '../db/database.ts'
import { Semaphore } from '../db/semaphore.ts'

const seconds = 1000

/**
 * The settings of a small pool of connections for lists, so that lists cannot use up the other connections to the
 * database. The time-out is in milliseconds.
 */
export const listPool = { maxPoolSize: 4, statementTimeout: 2 * seconds, isLazy: true }

/** The bounds of one user's list requests; a time in milliseconds. */
export const listsPerUser = { running: 2, maxWaiting: 8, maxWait: 2 * seconds }

type Queue = { semaphore: Semaphore; requests: number }

/**
 * Runs list requests, at most two of a user at a time. Their statements run on a separate pool of connections with a
 * short time-out (security 95).
 */
export class Lists {
  readonly #db: Database
  readonly #queues = new Map<string, Queue>()

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Runs one list request of a user.
   * @param work runs the statements of the request on the pool for lists
   * @throws Problem unavailable if too many list requests of the user wait, or if this request has waited for 2 s
   */
  async run<Result>(userId: string, work: (db: Database) => Promise<Result>): Promise<Result> {
    const queue = this.#queues.get(userId) ?? {
      semaphore: new Semaphore(listsPerUser.running, listsPerUser),
      requests: 0,
    }
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
