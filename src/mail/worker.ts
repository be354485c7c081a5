import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger, Runner, RunnerOptions, WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { describeFailure } from './failure.ts'
import { Heart } from './heart.ts'
import type { Log } from './log.ts'
import { createPool } from './pool.ts'
import { createSendMail } from './sendMail.ts'
import type { Transport } from './transport.ts'

const seconds = 1000

export type MailWorkerServices = {
  url: string
  db: Database
  config: Pick<Config, 'baseUrl'>
  transport: Transport
  log: Log
}

/**
 * Sends queued mails in this process until it is stopped. It never ends by itself: whatever ends graphile-worker's
 * runner, a new one starts as soon as the database is there again.
 */
export async function startMailWorker({ url, db, config, transport, log }: MailWorkerServices) {
  const { Logger, run } = await import('graphile-worker')
  const pool = await createPool(url, log)
  const heart = new Heart(db, log)
  const taskList = { send_mail: createSendMail({ db, transport, config, log }) }
  const options = { ...runnerOptions(pool, heart, createLogger(Logger, log)), taskList }
  const { done, stop } = keepRunning(() => run(options), log)
  heart.start()
  return {
    /** Lets running tasks end, for some seconds; what is not sent then, the next worker sends. */
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
        log.error({ reason: describeFailure(error) }, 'the mail worker ended, a new one starts soon')
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

function runnerOptions(pgPool: pg.Pool, heart: Heart, logger: Logger): RunnerOptions {
  const events = new EventEmitter() as WorkerEvents
  events.on('pool:create', ({ workerPool }) => {
    heart.worker = workerPool.id
  })
  return {
    pgPool,
    events,
    logger,
    concurrency: 2,
    pollInterval: 2 * seconds,
    noHandleSignals: true,
    parsedCronItems: [],
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
