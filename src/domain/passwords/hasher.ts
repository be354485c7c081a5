import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism, constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../problems.ts'
import type { Requester } from '../client.ts'
import { siteOf } from '../networks.ts'
import type { HashJob, HashResult } from './child.ts'
import { FairQueue } from './fairQueue.ts'

export type Verification = { matches: boolean; outdated: boolean }

type Pending = { resolve: (result: HashResult) => void; reject: (error: Error) => void }

const script = fileURLToPath(new URL('./child.ts', import.meta.url))
const maxWaiting = 100
const restartDelay = 100 // ms: one that dies at once must not be forked in a tight loop

/**
 * Hashes and verifies passwords in one child process of lowest priority, as many at once as there are cores, behind a bounded queue
 * that is fair between networks. A full queue is Problem unavailable (security 61, 94). Jobs without a requester are those of commands.
 */
export class PasswordHasher {
  readonly #queue = new FairQueue(availableParallelism(), maxWaiting)
  readonly #pending = new Map<number, Pending>()
  readonly #onUnusable: (reason: string) => void
  #child: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #stopped = false
  #lastId = 0

  /** @param onUnusable told why a stored hash cannot be worked on: malformed, or with parameters beyond the cap */
  constructor(onUnusable: (reason: string) => void) {
    this.#onUnusable = onUnusable
    this.#start()
  }

  async hash(password: string, requester?: Requester): Promise<Uint8Array> {
    const result = await this.#ask({ password: normalise(password) }, requester)
    if (!('hash' in result)) throw new Error('the hashing process answered something else')
    return result.hash
  }

  /** @param hash what is stored; without it the work is done all the same, on a decoy, and nothing matches (security 13) */
  async verify(password: string, hash: Uint8Array | null | undefined, requester?: Requester): Promise<Verification> {
    const result = await this.#ask({ password: normalise(password), against: hash ?? 'decoy' }, requester)
    if (!('matches' in result)) throw new Error('the hashing process answered something else')
    if (result.unusable !== undefined) this.#onUnusable(result.unusable)
    return { matches: result.matches, outdated: result.outdated }
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#restart)
    if (this.#child?.connected) this.#child.disconnect()
  }

  async #ask(job: Omit<HashJob, 'id'>, requester?: Requester): Promise<Exclude<HashResult, { error: string }>> {
    const network = requester ? siteOf(requester.client.ipAddress) : ''
    const release = await this.#queue.acquire(network, requester?.signal)
    try {
      const id = ++this.#lastId
      const result = await new Promise<HashResult>((resolve, reject) => {
        if (!this.#child) throw new Problem('unavailable', { cause: 'the hashing process is not there' })
        this.#pending.set(id, { resolve, reject })
        this.#child.send({ id, ...job }, (error) => {
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
    const child = fork(script, { serialization: 'advanced', env: environment(), execArgv: [] })
    child.on('message', (result: HashResult) => {
      this.#pending.get(result.id)?.resolve(result)
      this.#pending.delete(result.id)
    })
    child.on('spawn', () => {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    })
    // One that cannot even be spawned ends with error alone.
    child.once('exit', () => {
      this.#ended(child)
    })
    child.on('error', () => {
      this.#ended(child)
    })
    this.#child = child
  }

  #ended(child: ChildProcess): void {
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

/** What the hashing process needs, and none of the secrets in the service's own environment (security 112). */
function environment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { UV_THREADPOOL_SIZE: String(availableParallelism()), PATH, NODE_COMPILE_CACHE }
}

/** The same password typed on another keyboard is the same password (NIST SP 800-63B-4). */
function normalise(password: string): string {
  return password.normalize('NFKC')
}
