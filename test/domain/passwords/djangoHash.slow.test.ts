import assert from 'node:assert/strict'
import { verifyPassword } from '../../../src/domain/passwords/verify.ts'
import { WorkMeter } from '../../../src/domain/passwords/workMeter.ts'
import { madeHashes } from '../../support/django.ts'

const rounds = 15
const medianOf = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN

type Measured = { cpu: number; time: number }

/** Measures the processor time and the time of a failing verification, in milliseconds. */
async function measure(meter: WorkMeter, hash: string | null): Promise<Measured> {
  const [began, used] = [performance.now(), process.cpuUsage()]
  await verifyPassword('a wrong password', hash === null ? null : Buffer.from(hash), { meter })
  const { user, system } = process.cpuUsage(used)
  return { cpu: (user + system) / 1000, time: performance.now() - began }
}

describe('the time of a failing verification of a hash of Django (security 13, 106)', function () {
  this.timeout(300_000)
  for (const hash of madeHashes.defaults) {
    const hasher = hash.split('$', 1)[0] ?? ''
    it(`is that of an unknown account: ${hasher} with the parameters of Django 5.2`, async () => {
      const meter = new WorkMeter()
      for (let warm = 0; warm < 5; warm++) for (const stored of [null, hash]) await measure(meter, stored)
      const unknown: Measured[] = []
      const imported: Measured[] = []
      for (let round = 0; round < rounds; round++) {
        unknown.push(await measure(meter, null))
        imported.push(await measure(meter, hash))
      }
      const ratio = (value: 'cpu' | 'time') =>
        medianOf(imported.map((each) => each[value])) / medianOf(unknown.map((each) => each[value]))
      console.log(
        `${hasher}: ${ratio('time').toFixed(3)} of the time, ${ratio('cpu').toFixed(3)} of the processor time of an unknown account`,
      )
      assert.ok(ratio('cpu') > 0.8 && ratio('cpu') < 1.25, String(ratio('cpu')))
    })
  }
})
