// The hashing process. scrypt runs in libuv's threads, which DNS, files and WebCrypto also need, so it has its own
// process.
import { runHashTask, type HashOutcome, type HashTask } from './hashTask.ts'
import type { ScryptParameters } from './verify.ts'

export type HashJob = { id: number; task: HashTask; parameters: ScryptParameters }
export type HashResult = { id: number; outcome: HashOutcome } | { id: number; error: string }

process.on('message', ({ id, task, parameters }: HashJob) => {
  void runHashTask(task, parameters)
    .then(
      (outcome): HashResult => ({ id, outcome }),
      (error: unknown): HashResult => ({ id, error: String(error) }),
    )
    .then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit())
