import assert from 'node:assert/strict'
import { limitMeasurement } from '../../src/metrics/measurement.ts'

const hour = 3_600_000

describe('limitMeasurement, which limits how often a metric is measured', () => {
  it('returns the result of the last measurement until it is too old', async () => {
    let runs = 0
    const measure = () => Promise.resolve(++runs)
    const cached = limitMeasurement(measure, { age: hour, timeout: hour })
    assert.deepEqual([await cached(), await cached()], [1, 1])
    const fresh = limitMeasurement(measure, { age: 0, timeout: hour })
    assert.deepEqual([await fresh(), await fresh()], [2, 3])
  })

  it('lets simultaneous callers share one measurement', async () => {
    const running = Promise.withResolvers<string>()
    let runs = 0
    const measure = limitMeasurement(
      () => {
        runs++
        return running.promise
      },
      { age: hour, timeout: hour },
    )
    const both = Promise.all([measure(), measure()])
    running.resolve('done')
    assert.deepEqual([await both, runs], [['done', 'done'], 1])
  })

  it('gives up a slow measurement, and starts no other one while it runs', async () => {
    let runs = 0
    const running = Promise.withResolvers<string>()
    const measure = limitMeasurement(
      () => {
        runs++
        return running.promise
      },
      { age: 0, timeout: 1 },
    )
    assert.deepEqual([await measure(), await measure(), runs], [undefined, undefined, 1])
    running.resolve('late')
    await running.promise
    assert.equal(await measure(), 'late')
  })

  it('returns undefined after a failed measurement', async () => {
    let fails = false
    const measure = limitMeasurement(() => (fails ? Promise.reject(new Error('no')) : Promise.resolve(1)), {
      age: 0,
      timeout: hour,
    })
    assert.equal(await measure(), 1)
    fails = true
    assert.equal(await measure(), undefined)
  })
})
