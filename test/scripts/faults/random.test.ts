import assert from 'node:assert/strict'
import { Random } from '../../../scripts/faults/random.ts'

describe('the random numbers of npm run test:faults', () => {
  it('repeat with the same seed, and differ with another', () => {
    const draw = (seed: number) => {
      const random = new Random(seed)
      return Array.from({ length: 100 }, () => random.integer(0, 1000))
    }
    assert.deepEqual(draw(42), draw(42))
    assert.notDeepEqual(draw(42), draw(43))
  })

  it('choose by weight', () => {
    const random = new Random(1)
    const drawn = Array.from({ length: 1000 }, () => random.weighted({ often: 9, never: 0, rarely: 1 }))
    const count = (name: string) => drawn.filter((other) => other === name).length
    assert.equal(count('never'), 0)
    assert.ok(count('rarely') > 50 && count('rarely') < 200, `${count('rarely')} of 1000`)
  })
})
