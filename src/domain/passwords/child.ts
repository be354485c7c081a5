// The hashing process. scrypt runs in libuv's threads, which DNS, files and WebCrypto also need, so it has its own
// process.
import { runHashTask, type HashOutcome, type HashTask } from './hashTask.ts'

export type HashJob = { id: number; task: HashTask }
export type HashResult = { id: number; outcome: HashOutcome } | { id: number; error: string }

process.on('message', ({ id, task }: HashJob) => {
  void runHashTask(task)
    .then(
      (outcome): HashResult => ({ id, outcome }),
      (error: unknown): HashResult => ({ id, error: String(error) }),
    )
    .then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit())
