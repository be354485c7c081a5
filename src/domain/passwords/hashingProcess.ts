import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../problems.ts'
import type { HashJob, HashResult } from './child.ts'
import type { HashOutcome, HashRunner, HashTask } from './hashTask.ts'

type Pending = { resolve: (outcome: HashOutcome) => void; reject: (error: Error) => void }

const childScript = fileURLToPath(new URL('./child.ts', import.meta.url))
// Milliseconds before a restart, so that a child process that fails immediately is not forked in a tight loop.
const restartDelay = 100

/** Runs hash tasks in one child process of lowest priority, and forks another when the child ends. */
export class HashingProcess implements HashRunner {
  readonly #pending = new Map<number, Pending>()
  #child: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #stopped = false
  #lastId = 0

  constructor() {
    this.#start()
  }

  async run(task: HashTask): Promise<HashOutcome> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      if (!this.#child) throw new Problem('unavailable', { cause: 'the hashing process is not running' })
      this.#pending.set(id, { resolve, reject })
      const job: HashJob = { id, task }
      this.#child.send(job, (error) => {
        if (!error) return
        this.#pending.delete(id)
        reject(new Problem('unavailable', { cause: error }))
      })
    })
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#restart)
    if (this.#child?.connected) this.#child.disconnect()
  }

  #start(): void {
    const child = fork(childScript, { serialization: 'advanced', env: childEnvironment(), execArgv: [] })
    child.on('message', (result: HashResult) => {
      this.#settle(result)
    })
    // A child process that cannot be spawned emits `error`, but not `exit`.
    child.once('exit', () => {
      this.#handleEnd(child)
    })
    child.on('error', () => {
      this.#handleEnd(child)
    })
    this.#child = child
  }

  #settle(result: HashResult): void {
    const pending = this.#pending.get(result.id)
    this.#pending.delete(result.id)
    if ('outcome' in result) pending?.resolve(result.outcome)
    else pending?.reject(new Error(`The hashing process failed: ${result.error}`))
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
 * Returns the environment variables that the child process needs. The secrets in the service's own environment are
 * left out (security 112).
 */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { UV_THREADPOOL_SIZE: String(availableParallelism()), PATH, NODE_COMPILE_CACHE }
}
