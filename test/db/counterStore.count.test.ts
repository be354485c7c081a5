import assert from 'node:assert/strict'
import { CounterStore } from '../../src/db/counterStore.ts'
import { createTestDatabase, query } from '../support/database.ts'

describe('points that are counted at the same time (security 60)', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  const errors: Error[] = []
  const stores = Array.from(
    { length: 2 },
    () => new CounterStore({ preparedStatements: true, connections: 4, onError: (error) => errors.push(error) }),
  )
  const [store] = stores as [CounterStore]

  before(async () => {
    database = await createTestDatabase()
    for (const each of stores) await each.open(database.url)
  })
  after(async () => {
    for (const each of stores) await each.close()
    await database.drop()
  })

  const count = (keys: readonly string[], window = 60) => Promise.all(keys.map((key) => store.count(key, window)))

  it('have different numbers in one counter, and do not count in another', async () => {
    const counted = await count(['a', 'b', 'a', 'c', 'a'])
    assert.deepEqual(
      counted.map(({ points }) => points),
      [1, 1, 2, 1, 3],
    )
    assert.deepEqual(
      (await count(['c', 'a', 'a'])).map(({ points }) => points),
      [2, 4, 5],
    )
    const rows = await query<{ key: string; points: number }>(
      database.url,
      'select key, points from rate_limits order by key',
    )
    assert.deepEqual(rows, [
      { key: 'a', points: 5 },
      { key: 'b', points: 1 },
      { key: 'c', points: 2 },
    ])
  })

  it('begin the window of their counter, which later points do not lengthen', async () => {
    const [first, second] = await Promise.all([store.count('d', 60), store.count('e', 3600)])
    assert.deepEqual([first.rest, second.rest], [60_000, 3_600_000])
    await query(database.url, `update rate_limits set expire = expire - 20000 where key = 'd'`)
    const [{ points, rest } = first] = await count(['d'])
    assert.equal(points, 2)
    assert.ok(rest > 30_000 && rest <= 40_000, String(rest))
  })

  it('begin again when the window is over', async () => {
    await count(['f', 'f', 'f'])
    await query(database.url, `update rate_limits set expire = expire - 60001 where key = 'f'`)
    const [first, second] = await count(['f', 'f'])
    assert.deepEqual([first?.points, second?.points], [1, 2])
    assert.ok(Number(first?.rest) > 50_000)
  })

  it('of several instances do not wait for each other in a circle', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `g${index}`)
    const orders = [keys, keys.toReversed()]
    for (let round = 1; round <= 40; round++) {
      const counted = await Promise.all(
        stores.flatMap((each, index) => (orders[index] ?? []).map((key) => each.count(key, 60))),
      )
      const most = counted.map(({ points }) => points).sort((one, other) => other - one)
      assert.deepEqual(most.slice(0, 50), Array(50).fill(2 * round))
    }
    assert.deepEqual(errors, [])
  })
})
