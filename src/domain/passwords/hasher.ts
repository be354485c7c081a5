import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism, constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../problems.ts'
import type { Requester } from '../client.ts'
import { siteOf } from '../networks.ts'
import type { HashJob, HashResult, HashTask } from './child.ts'
import { FairQueue } from './fairQueue.ts'
import type { Verification } from './verify.ts'

type Pending = { resolve: (result: HashResult) => void; reject: (error: Error) => void }

const childScript = fileURLToPath(new URL('./child.ts', import.meta.url))
const maxWaiting = 100
// Milliseconds, so that a child process that fails immediately is not forked in a tight loop.
const restartDelay = 100

/**
 * Hashes and verifies passwords in one child process of lowest priority, as many at the same time as there are cores.
 * The others wait in a bounded queue that is fair between networks (security 61, 94). Only commands omit the
 * requester.
 */
export class PasswordHasher {
  readonly #queue = new FairQueue(availableParallelism(), maxWaiting)
  readonly #pending = new Map<number, Pending>()
  readonly #onUnusable: (reason: string) => void
  #child: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #stopped = false
  #lastId = 0

  /**
   * @param onUnusable receives the reason why a stored hash cannot be used: it is malformed, or its parameters exceed
   * the cap
   */
  constructor(onUnusable: (reason: string) => void) {
    this.#onUnusable = onUnusable
    this.#start()
  }

  /** @throws Problem unavailable if the queue is full, the client has gone or the child process has ended */
  async hash(password: string, requester?: Requester): Promise<Uint8Array> {
    const result = await this.#run({ password: normalizePassword(password) }, requester)
    if (!('hash' in result)) throw new Error('The hashing process returned another kind of result')
    return result.hash
  }

  /**
   * Verifies a password with the work of one current hash.
   * @param storedHash null or undefined if there is none: a dummy hash is computed, and nothing matches (security 13)
   * @throws Problem unavailable as hash
   */
  async verify(
    password: string,
    storedHash: Uint8Array | null | undefined,
    requester?: Requester,
  ): Promise<Pick<Verification, 'matches' | 'outdated'>> {
    const task = { password: normalizePassword(password), storedHash: storedHash ?? null }
    const result = await this.#run(task, requester)
    if (!('matches' in result)) throw new Error('The hashing process returned another kind of result')
    if (result.unusable !== undefined) this.#onUnusable(result.unusable)
    return { matches: result.matches, outdated: result.outdated }
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#restart)
    if (this.#child?.connected) this.#child.disconnect()
  }

  async #run(task: HashTask, requester?: Requester): Promise<Exclude<HashResult, { error: string }>> {
    const network = requester ? siteOf(requester.client.ipAddress) : ''
    const release = await this.#queue.acquire(network, requester?.signal)
    try {
      const id = ++this.#lastId
      const result = await new Promise<HashResult>((resolve, reject) => {
        if (!this.#child) throw new Problem('unavailable', { cause: 'the hashing process is not running' })
        this.#pending.set(id, { resolve, reject })
        const job: HashJob = { id, ...task }
        this.#child.send(job, (error) => {
          if (!error) return
          this.#pending.delete(id)
          reject(new Problem('unavailable', { cause: error }))
        })
      })
      if ('error' in result) throw new Error(`The hashing process failed: ${result.error}`)
      return result
    } finally {
      release()
    }
  }

  #start(): void {
    const child = fork(childScript, { serialization: 'advanced', env: childEnvironment(), execArgv: [] })
    child.on('message', (result: HashResult) => {
      this.#pending.get(result.id)?.resolve(result)
      this.#pending.delete(result.id)
    })
    child.on('spawn', () => {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    })
    // A process that cannot be spawned emits only error.
    child.once('exit', () => {
      this.#handleEnd(child)
    })
    child.on('error', () => {
      this.#handleEnd(child)
    })
    this.#child = child
  }

  #handleEnd(child: ChildProcess): void {
    if (this.#child !== child) return
    this.#child = undefined
    for (const { reject } of this.#pending.values())
      reject(new Problem('unavailable', { cause: 'the hashing process ended' }))
    this.#pending.clear()
    if (this.#stopped) return
    this.#restart = setTimeout(() => {
      this.#start()
    }, restartDelay)
  }
}

/**
 * The variables that the child process needs, without the secrets in the service's own environment (security 112).
 */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { UV_THREADPOOL_SIZE: String(availableParallelism()), PATH, NODE_COMPILE_CACHE }
}

/** Different keyboards encode the same password differently (NIST SP 800-63B-4). */
function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}
