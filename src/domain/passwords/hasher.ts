import type { Requester } from '../client.ts'
import { siteOf } from '../networks.ts'
import { isDjangoHash } from './djangoHash.ts'
import { LocalHashQueue, type HashQueue } from './hashQueue.ts'
import type { HashOutcome, HashTask } from './hashTask.ts'
import type { Verification } from './verify.ts'

/**
 * Hashes and verifies passwords in a bounded queue that is fair between networks (security 61, 94). Only commands,
 * which have no client, omit the requester.
 */
export class PasswordHasher {
  readonly queue: HashQueue
  readonly #onUnusable: (reason: string) => void

  /**
   * @param onUnusable receives the reason why a stored hash cannot be used: it is malformed, or its parameters exceed
   * the cap
   */
  constructor(onUnusable: (reason: string) => void, queue: HashQueue = new LocalHashQueue()) {
    this.#onUnusable = onUnusable
    this.queue = queue
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
    const isTyped = storedHash && isDjangoHash(storedHash) // Django does not normalize passwords
    const task = { password: isTyped ? password : normalizePassword(password), storedHash: storedHash ?? null }
    const outcome = await this.#run(task, requester)
    if (!('matches' in outcome)) throw new Error('The hash task returned another kind of outcome')
    if (outcome.unusable !== undefined) this.#onUnusable(outcome.unusable)
    return { matches: outcome.matches, outdated: outcome.outdated }
  }

  stop(): void {
    this.queue.stop()
  }

  #run(task: HashTask, requester?: Requester): Promise<HashOutcome> {
    const network = requester ? siteOf(requester.client.ipAddress) : ''
    return this.queue.run(task, network, requester?.signal)
  }
}

/** Normalizes a password, because different keyboards encode the same password differently (NIST SP 800-63B-4). */
function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}
