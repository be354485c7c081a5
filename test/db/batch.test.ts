import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { Batch } from '../../src/db/batch.ts'

describe('Batch', () => {
  let reads: (readonly number[])[]
  const double = async (keys: readonly number[]) => {
    reads.push(keys)
    await turn()
    if (keys.includes(13)) throw new Error('13')
    return keys.map((key) => 2 * key)
  }
  beforeEach(() => {
    reads = []
  })

  it('reads the keys of the same time at once, and gives each call its own result', async () => {
    const batch = new Batch(double)
    assert.deepEqual(await Promise.all([3, 1, 3, 2].map((key) => batch.read(key))), [6, 2, 6, 4])
    assert.deepEqual(reads, [[3, 1, 3, 2]])
  })

  it('begins a read after all of its calls (security 40)', async () => {
    const batch = new Batch(double)
    const first = batch.read(1)
    await turn()
    assert.deepEqual(reads, [[1]])
    const second = batch.read(1)
    assert.deepEqual(await Promise.all([first, second]), [2, 2])
    assert.deepEqual(reads, [[1], [1]])
  })

  it('reads at most 100 keys at once', async () => {
    const batch = new Batch(double)
    const keys = Array.from({ length: 250 }, (_, index) => 100 + index)
    assert.deepEqual(
      await Promise.all(keys.map((key) => batch.read(key))),
      keys.map((key) => 2 * key),
    )
    assert.deepEqual(
      reads.map(({ length }) => length),
      [100, 100, 50],
    )
  })

  it('fails the calls of a read that fails, and no others', async () => {
    const batch = new Batch(double)
    const failed = await Promise.allSettled([1, 13].map((key) => batch.read(key)))
    assert.deepEqual(
      failed.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    assert.equal(await batch.read(4), 8)
  })
})
