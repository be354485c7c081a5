import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { CronItem, Logger, Runner, RunnerOptions, WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { Database } from '../db/database.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Log } from './log.ts'
import { createPool } from './pool.ts'
import { redactError } from './redactError.ts'

const seconds = 1000

/** The part of graphile-worker's JobHelpers that tasks use. */
export type TaskHelpers = { job: { attempts: number; max_attempts: number }; abortSignal: AbortSignal }
export type Task = (payload: unknown, helpers: TaskHelpers) => Promise<void>

export type WorkerServices = {
  url: string
  db: Database
  tasks: Record<string, Task>
  /** Jobs that the clock starts. Of several instances one runs each of them. */
  schedule?: CronItem[]
  log: Log
  /** Off behind a pooler that does not keep named statements. */
  preparedStatements?: boolean
}

/** Durations are in milliseconds. */
export type WorkerOptions = {
  /** Jobs at the same time. */
  concurrency: number
  /** Between two looks for jobs whose time has come. PostgreSQL notifies the worker of jobs that are due at once. */
  pollInterval: number
  /** Between the end of one runner and the start of the next. */
  restartDelay: number
  /** Between two heartbeats. */
  heartbeat: number
  /** From the stop until the signal that aborts the running tasks. */
  abortAfter: number
  /** From the stop until the worker no longer waits for its tasks. */
  stopTimeout: number
  /** For closing the connections after that. */
  closeTimeout: number
}

export const defaultOptions: WorkerOptions = {
  concurrency: 3,
  pollInterval: 2 * seconds,
  restartDelay: 5 * seconds,
  heartbeat: 15 * seconds,
  abortAfter: 5 * seconds,
  stopTimeout: 8 * seconds,
  closeTimeout: 1 * seconds,
}

/**
 * Runs queued and scheduled jobs in this process until it is stopped. Whatever ends graphile-worker's runner, a new
 * one starts as soon as the database is there again.
 * @param overrides tests shorten the durations
 */
export async function startWorker(services: WorkerServices, overrides: Partial<WorkerOptions> = {}) {
  const { url, db, tasks, schedule = [], log, preparedStatements = true } = services
  const options = { ...defaultOptions, ...overrides }
  const { Logger, parseCronItems, run } = await import('graphile-worker')
  const pool = await createPool(url, log)
  const heartbeat = new Heartbeat(db, log, options.heartbeat)
  const runnerOptions = {
    ...createRunnerOptions(pool, heartbeat, options),
    logger: createLogger(Logger, log),
    taskList: tasks,
    parsedCronItems: parseCronItems(schedule),
    noPreparedStatements: !preparedStatements,
  }
  const { done, stop } = keepRunning(() => run(runnerOptions), log, options.restartDelay)
  heartbeat.start()
  return {
    /** Lets running tasks end, for some seconds. The next worker takes the jobs that have not ended by then. */
    async stop(): Promise<void> {
      stop()
      await Promise.race([done, delay(options.stopTimeout, undefined, { ref: false })])
      heartbeat.stop()
      await Promise.race([pool.end(), delay(options.closeTimeout, undefined, { ref: false })])
    },
  }
}

/** Starts a runner, and another when that one ends. */
function keepRunning(start: () => Promise<Runner>, log: Log, restartDelay: number) {
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
        log.error({ reason: redactError(error) }, 'the worker ended, a new one starts soon')
      }
      await delay(restartDelay, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  function stop(): void {
    stopping.abort()
    runner?.stop().catch(() => undefined)
  }

  return { done: supervise(), stop }
}

function createRunnerOptions(pgPool: pg.Pool, heartbeat: Heartbeat, options: WorkerOptions): RunnerOptions {
  const events = new EventEmitter() as WorkerEvents
  events.on('pool:create', ({ workerPool }) => {
    heartbeat.workerId = workerPool.id
  })
  return {
    pgPool,
    events,
    concurrency: options.concurrency,
    pollInterval: options.pollInterval,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: options.abortAfter,
    // Without batches graphile-worker does not await the statement that ends a job. If its connection were lost, that
    // would be an unhandled rejection, which ends the process. In a batch it only ends the runner.
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
