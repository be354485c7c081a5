import type { QueueState } from '../domain/passwords/fairQueue.ts'
import { clientGone } from '../domain/passwords/fairQueue.ts'
import type { HashQueue } from '../domain/passwords/hashQueue.ts'
import type { HashOutcome, HashTask } from '../domain/passwords/hashTask.ts'
import { Problem } from '../problems.ts'
import type { HashedMessage, ToPrimary } from './messages.ts'

/** The hash queue of a serving process. The primary runs the tasks, in one queue for all serving processes. */
export class RemoteHashQueue implements HashQueue {
  /** The primary measures the queue. */
  readonly state: QueueState = { running: 0, waiting: 0, refused: 0 }
  onHashed = undefined
  readonly #send: (message: ToPrimary) => void
  readonly #pending = new Map<number, PromiseWithResolvers<HashOutcome>>()
  #lastId = 0

  constructor(send: (message: ToPrimary) => void) {
    this.#send = send
  }

  async run(task: HashTask, network: string, signal?: AbortSignal): Promise<HashOutcome> {
    if (signal?.aborted) throw clientGone()
    const id = ++this.#lastId
    const cancel = () => {
      this.#send({ type: 'cancelHash', id })
    }
    const pending = Promise.withResolvers<HashOutcome>()
    this.#pending.set(id, pending)
    signal?.addEventListener('abort', cancel, { once: true })
    this.#send({ type: 'hash', id, task, network })
    try {
      return await pending.promise
    } finally {
      signal?.removeEventListener('abort', cancel)
      this.#pending.delete(id)
    }
  }

  /** Receives the end of a task from the primary. */
  settle({ id, ...result }: HashedMessage): void {
    const pending = this.#pending.get(id)
    if ('outcome' in result) pending?.resolve(result.outcome)
    else if ('refusal' in result) pending?.reject(new Problem('unavailable', result.refusal))
    else pending?.reject(new Error(result.error))
  }

  stop(): void {
    // The primary stops the hashing process.
  }
}
