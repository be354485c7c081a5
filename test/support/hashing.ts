import { setTimeout as sleep } from 'node:timers/promises'
import { runHashTask, type HashRunner } from '../../src/domain/passwords/hashTask.ts'

/**
 * Hashes in this process with hardly any work, for the tests that are not about hashing. Sign-ins still renew the
 * hash of `quickHash`, because it has weaker parameters.
 */
export const quickHashing: HashRunner = {
  run: (task) => runHashTask(task, { logN: 4, r: 1, p: 1 }),
  stop: () => undefined,
}

/** Takes about the time of a real hash on a fast machine, without its work: for tests in which requests overlap while they wait. */
export const slowHashing: HashRunner = {
  async run(task) {
    await sleep(50)
    return quickHashing.run(task)
  },
  stop: () => undefined,
}
