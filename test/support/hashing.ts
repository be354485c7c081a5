import { setTimeout as sleep } from 'node:timers/promises'
import { runHashTask, type HashRunner } from '../../src/domain/passwords/hashTask.ts'
import { quickHashing } from '../../src/sandbox/quickHashing.ts'

/** Hashes in this process with a twentieth of the real work. For tests in which hashes must take some time. */
export const lightHashing: HashRunner = {
  run: (task) => runHashTask(task, { logN: 12, r: 8, p: 1 }),
  stop: () => undefined,
}

/** Takes as long as a real hash on a fast machine, but does no work. For tests in which requests must overlap. */
export const slowHashing: HashRunner = {
  async run(task) {
    await sleep(50)
    return quickHashing.run(task)
  },
  stop: () => undefined,
}
