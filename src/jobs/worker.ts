import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { CronItem, Logger, Runner, RunnerOptions, WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { Database } from '../db/database.ts'
import { describeFailure } from './describeFailure.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Log } from './log.ts'
import { createPool } from './pool.ts'

const seconds = 1000

/** What a task may ask of graphile-worker's JobHelpers. */
export type TaskHelpers = { job: { attempts: number; max_attempts: number }; abortSignal: AbortSignal }
export type Task = (payload: unknown, helpers: TaskHelpers) => Promise<void>

export type WorkerServices = {
  url: string
  db: Database
  tasks: Record<string, Task>
  /** What comes by the clock; of several instances one takes it. */
  schedule?: CronItem[]
  log: Log
  /** Off behind a pooler that does not keep named statements. */
  preparedStatements?: boolean
}

/**
 * Does queued and scheduled jobs in this process until it is stopped. It never ends by itself: whatever ends
 * graphile-worker's runner, a new one starts as soon as the database is there again.
 */
export async function startWorker(services: WorkerServices) {
  const { url, db, tasks, schedule = [], log, preparedStatements = true } = services
  const { Logger, parseCronItems, run } = await import('graphile-worker')
  const pool = await createPool(url, log)
  const heart = new Heartbeat(db, log)
  const logger = createLogger(Logger, log)
  const options = {
    ...runnerOptions(pool, heart, logger),
    taskList: tasks,
    parsedCronItems: parseCronItems(schedule),
    noPreparedStatements: !preparedStatements,
  }
  const { done, stop } = keepRunning(() => run(options), log)
  heart.start()
  return {
    /** Lets running tasks end, for some seconds; what is not done then, the next worker does. */
    async stop(): Promise<void> {
      stop()
      await Promise.race([done, delay(8 * seconds, undefined, { ref: false })])
      heart.stop()
      await Promise.race([pool.end(), delay(1 * seconds, undefined, { ref: false })])
    },
  }
}

/** Starts a runner, and another when that one ends. */
function keepRunning(start: () => Promise<Runner>, log: Log) {
  const stopping = new AbortController()
  const isStopping = () => stopping.signal.aborted
  let runner: Runner | undefined

  async function supervise(): Promise<void> {
    while (!isStopping()) {
      try {
        runner = await start()
        if (isStopping()) await runner.stop()
        await runner.promise
      } catch (error) {
        log.error({ reason: describeFailure(error) }, 'the worker ended, a new one starts soon')
      }
      await delay(5 * seconds, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  function stop(): void {
    stopping.abort()
    runner?.stop().catch(() => undefined)
  }

  return { done: supervise(), stop }
}

function runnerOptions(pgPool: pg.Pool, heart: Heartbeat, logger: Logger): RunnerOptions {
  const events = new EventEmitter() as WorkerEvents
  events.on('pool:create', ({ workerPool }) => {
    heart.worker = workerPool.id
  })
  return {
    pgPool,
    events,
    logger,
    concurrency: 3,
    pollInterval: 2 * seconds,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: 5 * seconds,
    // Without batches graphile-worker does not await the statement that ends a job: lost with its connection, it would
    // be an unhandled rejection, the end of the process. In a batch it is the end of the runner.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  }
}

function createLogger(WorkerLogger: typeof Logger, log: Log): Logger {
  return new WorkerLogger(() => (level, message) => {
    const fields = { worker: message.slice(0, 1000) }
    if (level === 'error' || level === 'warning') log.warn(fields, 'graphile-worker')
    else log.debug(fields, 'graphile-worker')
  })
}
