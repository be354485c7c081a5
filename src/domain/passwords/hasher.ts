import { availableParallelism } from 'node:os'
import type { Requester } from '../client.ts'
import { siteOf } from '../networks.ts'
import { FairQueue, type QueueState } from './fairQueue.ts'
import { HashingProcess } from './hashingProcess.ts'
import type { HashOutcome, HashRunner, HashTask } from './hashTask.ts'
import type { Verification } from './verify.ts'

const maxWaiting = 100

/**
 * Hashes and verifies passwords. At most as many hashes run at the same time as there are cores. Other requests wait
 * in a bounded queue that is fair between networks (security 61, 94). Only commands, which have no client, omit the
 * requester.
 */
export class PasswordHasher {
  readonly #queue = new FairQueue(availableParallelism(), maxWaiting)
  readonly #onUnusable: (reason: string) => void
  readonly #runner: HashRunner
  /** Receives the duration of each hash in seconds, without the wait in the queue. */
  onHashed: ((seconds: number) => void) | undefined

  /**
   * @param onUnusable receives the reason why a stored hash cannot be used: it is malformed, or its parameters exceed
   * the cap
   */
  constructor(onUnusable: (reason: string) => void, runner: HashRunner = new HashingProcess()) {
    this.#onUnusable = onUnusable
    this.#runner = runner
  }

  /**
   * Hashes a password.
   * @throws Problem unavailable if the queue is full, the client has gone or the hashing process has ended
   */
  async hash(password: string, requester?: Requester): Promise<Uint8Array> {
    const outcome = await this.#run({ password: normalizePassword(password) }, requester)
    if (!('hash' in outcome)) throw new Error('The hash task returned another kind of outcome')
    return outcome.hash
  }

  /**
   * Verifies a password. A verification always does the work of one hash with the current parameters.
   * @param storedHash the account's hash. If it is null or undefined, a dummy hash is verified, and no password
   * matches (security 13)
   * @throws Problem unavailable in the same cases as `hash`
   */
  async verify(
    password: string,
    storedHash: Uint8Array | null | undefined,
    requester?: Requester,
  ): Promise<Pick<Verification, 'matches' | 'outdated'>> {
    const task = { password: normalizePassword(password), storedHash: storedHash ?? null }
    const outcome = await this.#run(task, requester)
    if (!('matches' in outcome)) throw new Error('The hash task returned another kind of outcome')
    if (outcome.unusable !== undefined) this.#onUnusable(outcome.unusable)
    return { matches: outcome.matches, outdated: outcome.outdated }
  }

  get queueState(): QueueState {
    return this.#queue.state
  }

  stop(): void {
    this.#runner.stop()
  }

  async #run(task: HashTask, requester?: Requester): Promise<HashOutcome> {
    const network = requester ? siteOf(requester.client.ipAddress) : ''
    const release = await this.#queue.acquire(network, requester?.signal)
    const began = performance.now()
    try {
      return await this.#runner.run(task)
    } finally {
      release()
      this.onHashed?.((performance.now() - began) / 1000)
    }
  }
}

/** Normalizes a password, because different keyboards encode the same password differently (NIST SP 800-63B-4). */
function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}
