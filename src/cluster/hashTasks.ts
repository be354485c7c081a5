import type { HashQueue } from '../domain/passwords/hashQueue.ts'
import { Problem } from '../problems.ts'
import type { HashedMessage, HashMessage } from './messages.ts'

/** The hash tasks of one serving process, which the primary runs in the queue of all serving processes. */
export class HashTasks {
  readonly #queue: HashQueue
  readonly #send: (message: HashedMessage) => void
  readonly #running = new Map<number, AbortController>()

  constructor(queue: HashQueue, send: (message: HashedMessage) => void) {
    this.#queue = queue
    this.#send = send
  }

  async run({ id, task, network }: HashMessage): Promise<void> {
    const controller = new AbortController()
    this.#running.set(id, controller)
    try {
      this.#send({ type: 'hashed', id, outcome: await this.#queue.run(task, network, controller.signal) })
    } catch (error) {
      if (error instanceof Problem) {
        this.#send({ type: 'hashed', id, refusal: { detail: error.detail, cause: String(error.cause) } })
      } else this.#send({ type: 'hashed', id, error: String(error) })
    } finally {
      this.#running.delete(id)
    }
  }

  /** Removes a task from the queue, unless it already runs. */
  cancel(id: number): void {
    this.#running.get(id)?.abort()
  }

  cancelAll(): void {
    for (const controller of this.#running.values()) controller.abort()
  }
}
