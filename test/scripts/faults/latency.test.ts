import assert from 'node:assert/strict'
import { secondsUntilNormal } from '../../../scripts/faults/latency.ts'

describe('secondsUntilNormal', () => {
  const before = Array.from({ length: 100 }, (_, index) => ({ at: index * 10, ms: 5 }))

  it('is the time until the last slow reply after the fault has arrived', () => {
    const after = [{ at: 3000, ms: 900 }, { at: 4000, ms: 31 }, { at: 5000, ms: 29 }] // prettier-ignore
    assert.equal(secondsUntilNormal([...before, { at: 1500, ms: 1000 }, ...after], 1000, 2000), 2.031)
  })

  it('is 0 if no reply after the fault is slow', () => {
    assert.equal(secondsUntilNormal([...before, { at: 1500, ms: 1000 }, { at: 3000, ms: 10 }], 1000, 2000), 0)
  })
})
