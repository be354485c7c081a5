import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { ConnectedDatabase } from '../db/connectDatabase.ts'
import type { HashQueue } from '../domain/passwords/hashQueue.ts'
import type { MetricObjects } from '../metrics/hashing.ts'
import { StartError } from '../problems.ts'
import { ForkedProcess } from './forkedProcess.ts'
import type { StartMessage, Started, ToServingProcess } from './messages.ts'

const seconds = 1000
const script = fileURLToPath(new URL('./servingProcess.ts', import.meta.url))
/**
 * The first replacement starts after the initial delay. The delay doubles until a process has stayed up long enough.
 */
const backOff = { first: 0.25 * seconds, longest: 30 * seconds, longEnough: 60 * seconds }
const maxFailedStarts = 5

/** A process and its successors: how many ended early in succession, and how many were never ready in succession. */
type Slot = {
  runsJobs: boolean
  earlyEnds: number
  failedStarts: number
  /** Settled by the first process that is ready or cannot start. */
  ready: PromiseWithResolvers<Started>
  wasReady: boolean
}

type Options = {
  log: Logger
  hashQueue: HashQueue
  settings: Pick<StartMessage, 'config' | 'secretKey'>
  database: Promise<ConnectedDatabase>
  /** Receives the error if a process that was ready cannot be replaced. */
  onFailure: (error: unknown) => void
  /** Receives the last metrics of a process that has ended. */
  onEnd: (metrics: MetricObjects) => void
}

/** Forks the serving processes, and replaces each process that ends before the service stops. */
export class ServingProcesses {
  /** Whether a process that was ready has ended with an error since the service began to stop. */
  hasFailed = false
  readonly #options: Options
  readonly #running = new Set<ForkedProcess>()
  readonly #stopping = new AbortController()

  constructor(options: Options) {
    this.#options = options
    cluster.setupPrimary({ exec: script, args: [], serialization: 'advanced' })
    process.once('exit', () => {
      for (const each of this.#running) each.kill()
    })
  }

  /**
   * Starts a process.
   * @returns what the process reports when it is ready
   * @throws the error of the process if it cannot start, or if it has ended too often; an AbortError when the service
   * stops
   */
  async start({ runsJobs }: { runsJobs: boolean }): Promise<Started> {
    this.#stopping.signal.throwIfAborted()
    const ready = Promise.withResolvers<Started>()
    this.#stopping.signal.addEventListener('abort', ready.reject)
    this.#fork({ runsJobs, earlyEnds: 0, failedStarts: 0, ready, wasReady: false })
    return ready.promise
  }

  drain(): void {
    this.#stopping.abort()
    this.#sendToAll({ type: 'drain' })
  }

  /** Stops the processes, and waits until they have ended. */
  async stop(): Promise<void> {
    this.drain()
    this.#sendToAll({ type: 'stop' })
    await Promise.all([...this.#running].map((each) => each.end()))
  }

  /** Reads the metrics of the processes that are ready. */
  readMetrics(): Promise<MetricObjects[]> {
    return Promise.all([...this.#running].filter(({ isReady }) => isReady).map((each) => each.readMetrics()))
  }

  #fork(slot: Slot): void {
    if (this.#stopping.signal.aborted) return
    const { hashQueue, settings, database } = this.#options
    const listensAtOnce = ![...this.#running].some(({ isReady }) => isReady)
    const forked = new ForkedProcess(hashQueue, {
      onReady: (started) => {
        slot.failedStarts = 0
        slot.wasReady = true
        slot.ready.resolve(started)
      },
      onFailed: (error, isExplained) => {
        if (slot.wasReady) this.#options.log.error({ err: error }, 'a serving process cannot start')
        else slot.ready.reject(isExplained ? new StartError((error as Error).message) : error)
      },
      onEnd: (code, signal) => {
        this.#handleEnd(forked, slot, { code, signal })
      },
    })
    this.#running.add(forked)
    forked.send({ type: 'start', ...settings, runsJobs: slot.runsJobs, listensAtOnce })
    void database.then(
      ({ url, directUrl, label, notice }) => {
        forked.send({ type: 'database', database: { url, directUrl, label, notice } })
      },
      () => undefined, // the start has failed
    )
  }

  #handleEnd(ended: ForkedProcess, slot: Slot, outcome: { code: number | null; signal: string | null }): void {
    this.#running.delete(ended)
    this.#options.onEnd(ended.metrics)
    if (this.#stopping.signal.aborted) {
      // A signal sent to the whole process group also ends a process that has only just been forked.
      if (!ended.isReady || outcome.code === 0) return
      this.hasFailed = true
      this.#options.log.error({ process: ended.pid, ...outcome }, 'a serving process failed while it stopped')
      return
    }
    if (!ended.isReady && ++slot.failedStarts === maxFailedStarts) {
      const error = new StartError(`A serving process ended ${maxFailedStarts} times before it was ready.`)
      if (slot.wasReady) this.#options.onFailure(error)
      else slot.ready.reject(error)
      return
    }
    const hasLived = performance.now() - ended.forkedAt > backOff.longEnough
    slot.earlyEnds = hasLived ? 1 : slot.earlyEnds + 1
    const delay = Math.min(backOff.first * 2 ** (slot.earlyEnds - 1), backOff.longest)
    this.#options.log.error({ process: ended.pid, ...outcome, delay }, 'a serving process ended: another one starts')
    setTimeout(() => {
      this.#fork(slot)
    }, delay)
  }

  #sendToAll(message: ToServingProcess): void {
    for (const each of this.#running) each.send(message)
  }
}
