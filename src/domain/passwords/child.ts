// This script is the hashing process. scrypt runs in the threads of libuv, which DNS, files and WebCrypto also need.
// In a separate process, scrypt does not occupy the threads of the service.
import { constants, setPriority } from 'node:os'
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
// Ctrl-C and systemd send their signal to this process, too. The service still needs it for the requests that it
// finishes, and then disconnects.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
// The priority is lowered only here: on a busy machine, starting at low priority would take seconds, during which a
// signal would end this process.
setPriority(constants.priority.PRIORITY_LOW)
