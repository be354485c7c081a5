import type { Database } from '../db/database.ts'
import { Semaphore } from '../db/semaphore.ts'

const seconds = 1000

/** Few connections, so that lists cannot use up the database's; in milliseconds. */
export const listPool = { maxPoolSize: 4, statementTimeout: 2 * seconds }

const perUser = { running: 2, maxWaiting: 8, maxWait: 2 * seconds }

type Queue = { slots: Semaphore; requests: number }

/** Runs list requests: two of a user at a time, over connections of their own with a short statement time-out (security 95). */
export class Lists {
  readonly #db: Database
  readonly #queues = new Map<string, Queue>()

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Reads a list for a user.
   * @param work runs its statements on the connections of lists
   * @throws Problem unavailable when too many requests of the user wait, or for too long
   */
  async run<Result>(userId: string, work: (db: Database) => Promise<Result>): Promise<Result> {
    const queue = this.#queues.get(userId) ?? { slots: new Semaphore(perUser.running, perUser), requests: 0 }
    this.#queues.set(userId, queue)
    queue.requests++
    try {
      const free = await queue.slots.acquire('too many list requests of this user')
      try {
        return await work(this.#db)
      } finally {
        free()
      }
    } finally {
      if (--queue.requests === 0) this.#queues.delete(userId)
    }
  }
}
