import { releaseAbandonedJobs, renewJobLocks } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { describeFailure } from './describeFailure.ts'
import type { Log } from './log.ts'

const interval = 15_000

/**
 * Says every 15 s that this worker lives, and frees the jobs of those who have not said so for a minute (security F10):
 * graphile-worker itself waits four hours.
 */
export class Heartbeat {
  /** The name under which the current runner locks jobs. */
  worker = ''
  readonly #db: Database
  readonly #log: Log
  #timer: NodeJS.Timeout | undefined

  constructor(db: Database, log: Log) {
    this.#db = db
    this.#log = log
  }

  start(): void {
    void this.#beat()
    this.#timer = setInterval(() => void this.#beat(), interval)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #beat(): Promise<void> {
    try {
      await this.#db.query(renewJobLocks({ worker: this.worker }))
      const freed = await this.#db.maybeOne(releaseAbandonedJobs())
      if (freed) this.#log.warn({ workers: freed.freed }, 'jobs of dead workers are queued again')
    } catch (error) {
      this.#log.warn({ reason: describeFailure(error) }, 'the worker could not give its heartbeat')
    }
  }
}
