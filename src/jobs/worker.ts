import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { CronItem, Logger, Runner, RunnerOptions, WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { Database } from '../db/database.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Log } from './log.ts'
import { createPool } from './pool.ts'
import { keepRunning } from './supervisor.ts'

const seconds = 1000

/** The part of graphile-worker's JobHelpers that tasks use. */
export type TaskHelpers = { job: { attempts: number; max_attempts: number }; abortSignal: AbortSignal }
export type Task = (payload: unknown, helpers: TaskHelpers) => Promise<void>

export type WorkerServices = {
  url: string
  db: Database
  tasks: Record<string, Task>
  /** The jobs that start at fixed times. When several instances run, only one of them runs each job. */
  schedule?: CronItem[]
  log: Log
  /** False when the connections go through a pooler that does not support named statements. */
  preparedStatements?: boolean
}

/** Durations are in milliseconds. */
export type WorkerOptions = {
  /** The number of jobs that run at the same time. */
  concurrency: number
  /**
   * The time between two searches for delayed jobs that have become due. PostgreSQL notifies the worker of jobs that
   * are due at once.
   */
  pollInterval: number
  /** The time between the end of one runner and the start of the next runner. */
  restartDelay: number
  /** The time between two heartbeats. */
  heartbeat: number
  /** The time between the request to stop and the signal that aborts the running tasks. */
  abortAfter: number
  /** The time after the request to stop for which the worker waits for its tasks. */
  stopTimeout: number
  /** The time that closing the connections may take after the tasks have ended. */
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
 * Runs queued and scheduled jobs in this process until it is stopped. When graphile-worker's runner ends for any
 * reason, a new runner starts as soon as the database is available.
 * @param overrides durations that replace the defaults, in tests
 */
export async function startWorker(services: WorkerServices, overrides: Partial<WorkerOptions> = {}) {
  const { url, db, tasks, schedule = [], log, preparedStatements = true } = services
  const options = { ...defaultOptions, ...overrides }
  const { Logger, parseCronItems, run } = await import('graphile-worker')
  let pool: pg.Pool | undefined
  const heartbeat = new Heartbeat(db, log, options.heartbeat)
  const events = new EventEmitter() as WorkerEvents
  events.on('pool:create', ({ workerPool }) => {
    heartbeat.workerId = workerPool.id
  })
  const runnerOptions = {
    ...createRunnerOptions(options),
    events,
    logger: createLogger(Logger, log),
    taskList: tasks,
    parsedCronItems: parseCronItems(schedule),
    noPreparedStatements: !preparedStatements,
  }
  async function startRunner(): Promise<Runner> {
    // Each runner has its own pool, because a runner whose shutdown did not end may still occupy its connections.
    void endPool()
    pool = await createPool(url, log)
    return run({ ...runnerOptions, pgPool: pool })
  }
  async function endPool(): Promise<void> {
    await pool?.end().catch(() => undefined) // It was ended before, if no new pool could be created.
  }
  const { done, stop } = keepRunning(startRunner, { events, log, options })
  heartbeat.start()
  return {
    /**
     * Stops the worker. Running tasks have some seconds to end. Jobs that have not ended by then run again on another
     * worker.
     */
    async stop(): Promise<void> {
      stop()
      await Promise.race([done, delay(options.stopTimeout, undefined, { ref: false })])
      heartbeat.stop()
      await Promise.race([endPool(), delay(options.closeTimeout, undefined, { ref: false })])
    },
  }
}

function createRunnerOptions(options: WorkerOptions): RunnerOptions {
  return {
    concurrency: options.concurrency,
    pollInterval: options.pollInterval,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: options.abortAfter,
    // Without batches, graphile-worker does not await the statement that finishes a job. A connection that is lost
    // during this statement would cause an unhandled rejection, which ends the process. With batches, the lost
    // connection only ends the runner.
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
