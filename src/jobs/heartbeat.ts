import { releaseAbandonedJobs, renewJobLocks } from '../../generated/queries.ts'
import type { Database } from '../db/database.ts'
import { redactError } from './redactError.ts'
import type { Log } from './log.ts'

/**
 * Shows the other workers that this worker is alive, and releases the jobs of workers that have sent no heartbeat for
 * a minute. graphile-worker itself would release such jobs after four hours.
 */
export class Heartbeat {
  /** The name under which the current runner locks jobs. */
  workerId = ''
  readonly #db: Database
  readonly #log: Log
  readonly #interval: number
  #timer: NodeJS.Timeout | undefined

  /** @param interval the milliseconds between two heartbeats, which must be well below a minute */
  constructor(db: Database, log: Log, interval: number) {
    this.#db = db
    this.#log = log
    this.#interval = interval
  }

  start(): void {
    void this.#beat()
    this.#timer = setInterval(() => void this.#beat(), this.#interval)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #beat(): Promise<void> {
    try {
      await this.#db.query(renewJobLocks({ worker: this.workerId }))
      const freed = await this.#db.maybeOne(releaseAbandonedJobs())
      if (freed) this.#log.warn({ workers: freed.freed }, 'jobs of dead workers are queued again')
    } catch (error) {
      this.#log.warn({ reason: redactError(error) }, 'the heartbeat of the worker failed')
    }
  }
}
