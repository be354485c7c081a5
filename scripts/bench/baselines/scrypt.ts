import { randomBytes, scrypt } from 'node:crypto'
import { availableParallelism, constants, setPriority } from 'node:os'
import { currentParameters } from '../../../src/domain/passwords/verify.ts'
import { Counter, type Measured, type Span } from '../counter.ts'
import { doWork } from '../work.ts'

// Raw scrypt with the parameters and the low priority of the service, as many at the same time as there are cores.
setPriority(constants.priority.PRIORITY_LOW)
await doWork(async (span: Span): Promise<Measured> => {
  const counter = new Counter({ ...span, pids: { ...span.pids, self: process.pid } })
  const runners = Array.from({ length: availableParallelism() }, async () => {
    while (!counter.isOver) {
      const began = performance.now()
      await hash()
      counter.add(began)
    }
  })
  await Promise.all(runners)
  return counter.result()
})

function hash(): Promise<void> {
  const { logN, r, p } = currentParameters
  return new Promise((resolve, reject) => {
    scrypt('a password of hers', randomBytes(32), 64, { N: 2 ** logN, r, p, maxmem: 2 ** 28 }, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}
