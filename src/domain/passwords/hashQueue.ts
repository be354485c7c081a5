import { availableParallelism } from 'node:os'
import { FairQueue, type QueueState } from './fairQueue.ts'
import { HashingProcess } from './hashingProcess.ts'
import type { HashOutcome, HashRunner, HashTask } from './hashTask.ts'

const maxWaiting = 100

/** Runs the hash tasks of a service within the bounds of one fair queue (security 61, 94). */
export type HashQueue = {
  readonly state: QueueState
  /** Receives the duration of each hash in seconds, without the wait in the queue. */
  onHashed: ((seconds: number) => void) | undefined
  /**
   * Runs a task.
   * @param network the network of the client, between which the queue is fair
   * @param signal the signal that is aborted when the client closes the connection; the task then stops waiting
   * @throws Problem unavailable if the queue is full, the client has gone or the hashing process has ended
   */
  run(task: HashTask, network: string, signal?: AbortSignal): Promise<HashOutcome>
  stop(): void
}

/** The queue of this process. At most as many hashes run at the same time as there are cores. */
export class LocalHashQueue implements HashQueue {
  readonly #queue = new FairQueue(availableParallelism(), maxWaiting)
  readonly #runner: HashRunner
  onHashed: ((seconds: number) => void) | undefined

  constructor(runner: HashRunner = new HashingProcess()) {
    this.#runner = runner
  }

  get state(): QueueState {
    return this.#queue.state
  }

  async run(task: HashTask, network: string, signal?: AbortSignal): Promise<HashOutcome> {
    const release = await this.#queue.acquire(network, signal)
    const began = performance.now()
    try {
      return await this.#runner.run(task)
    } finally {
      release()
      this.onHashed?.((performance.now() - began) / 1000)
    }
  }

  stop(): void {
    this.#runner.stop()
  }
}
