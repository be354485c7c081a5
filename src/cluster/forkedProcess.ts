import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { HashQueue } from '../domain/passwords/hashQueue.ts'
import type { MetricObjects } from '../metrics/hashing.ts'
import { HashTasks } from './hashTasks.ts'
import type { Started, ToPrimary, ToServingProcess } from './messages.ts'

const metricsTimeout = 2000

type Handlers = {
  onReady: (started: Started) => void
  /** Receives the error of a start that has failed. */
  onFailed: (error: unknown, isExplained: boolean) => void
  onEnd: (code: number | null, signal: string | null) => void
}

/** One serving process, as the primary sees it. */
export class ForkedProcess {
  isReady = false
  /** The metrics that the process has sent last. */
  metrics: MetricObjects = []
  readonly forkedAt = performance.now()
  readonly #worker: Worker
  readonly #hashTasks: HashTasks
  #hasEnded = false

  constructor(hashQueue: HashQueue, { onReady, onFailed, onEnd }: Handlers) {
    this.#worker = cluster.fork()
    this.#hashTasks = new HashTasks(hashQueue, (message) => {
      this.send(message)
    })
    this.#worker.on('message', (message: ToPrimary) => {
      if (message.type === 'hash') void this.#hashTasks.run(message)
      else if (message.type === 'cancelHash') this.#hashTasks.cancel(message.id)
      else if (message.type === 'metrics') {
        this.metrics = message.metrics
        this.#worker.emit('metrics')
      } else if (message.type === 'failed') onFailed(message.error, message.isExplained)
      else {
        this.isReady = true
        onReady(message.started)
      }
    })
    const handleEnd = (code: number | null, signal: string | null) => {
      if (this.#hasEnded) return
      this.#hasEnded = true
      this.#hashTasks.cancelAll()
      onEnd(code, signal)
    }
    // A process that cannot be spawned emits `error`, but not `exit`.
    this.#worker.on('error', () => {
      if (this.pid === undefined) handleEnd(null, null)
    })
    this.#worker.on('exit', handleEnd)
  }

  get pid(): number | undefined {
    return this.#worker.process.pid
  }

  /** Sends a message. The process may just have ended, so an error is ignored. */
  send(message: ToServingProcess): void {
    this.#worker.send(message, undefined, undefined, () => undefined)
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }

  async end(): Promise<void> {
    if (!this.#hasEnded) await once(this.#worker, 'exit')
  }

  /** Reads the metrics of the process. If it does not answer in time, its last metrics count. */
  async readMetrics(): Promise<MetricObjects> {
    const answered = new AbortController()
    const signal = AbortSignal.any([answered.signal, AbortSignal.timeout(metricsTimeout)])
    const events = ['metrics', 'exit'].map((event) => once(this.#worker, event, { signal }).catch(() => undefined))
    this.send({ type: 'readMetrics' })
    await Promise.race(events)
    answered.abort()
    return this.metrics
  }
}
