import { setTimeout as sleep } from 'node:timers/promises'
import type { HashRunner } from '../../src/domain/passwords/hashTask.ts'
import { quickHashing } from '../../src/sandbox/quickHashing.ts'

/** Takes as long as a real hash on a fast machine, but does no work. For tests in which requests must overlap. */
export const slowHashing: HashRunner = {
  async run(task) {
    await sleep(50)
    return quickHashing.run(task)
  },
  stop: () => undefined,
}
