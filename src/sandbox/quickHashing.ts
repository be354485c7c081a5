import { runHashTask, type HashRunner } from '../domain/passwords/hashTask.ts'

/** Hashes passwords in this process with hardly any work, for sandboxes and for tests that are not about hashing. */
export const quickHashing: HashRunner = {
  run: (task) => runHashTask(task, { logN: 4, r: 1, p: 1 }),
  stop: () => undefined,
}
