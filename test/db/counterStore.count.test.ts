import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { CounterStore } from '../../src/db/counterStore.ts'
import { createTestDatabase, query } from '../support/database.ts'
import { hold, untilBlocked } from '../support/locks.ts'

const countPoints = readFileSync('sql/countPoints.sql', 'utf8')
const [, text = ''] = readFileSync('sql/queries/lockouts.sql', 'utf8').split('-- name: deletePoints')
const deletePoints = text.replace(':keys', '$1')

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

  describe('the order in which rows are locked', () => {
    const keys = Array.from({ length: 200 }, (_, index) => `h${String(index).padStart(3, '0')}`)
    const statements: Record<string, (keys: string[]) => [text: string, values: unknown[]]> = {
      'points are counted': (keys) => [countPoints, [keys, keys.map(() => 60), Date.now()]],
      'counters are deleted': (keys) => [deletePoints, [keys]],
    }
    const untilWaiting = () => untilBlocked({ sql: (text) => query(database.url, text) })
    // The rows are stored in another order than that of their keys.
    beforeEach(async () => {
      await query(database.url, `delete from rate_limits where key like 'h%'`)
      const insert = 'insert into rate_limits (key, points, expire) select key, 1, $2 from unnest($1::text[]) key'
      await query(database.url, insert, [keys.toReversed(), Date.now() + 60_000])
    })

    /** Returns the keys of the rows that no transaction has locked. */
    const unlocked = async () => {
      const text = `select key from rate_limits where key like 'h%' order by key for update skip locked`
      return (await query<{ key: string }>(database.url, text)).map(({ key }) => key)
    }

    for (const [name, makeStatement] of Object.entries(statements))
      for (const order of ['ascending', 'descending'] as const)
        it(`is that of the keys when ${name}, given in ${order} order`, async () => {
          const statement = makeStatement(order === 'ascending' ? keys : keys.toReversed())
          const release = await hold(database.url, 'select from rate_limits where key = $1 for update', [keys[100]])
          const blocked = query(database.url, ...statement)
          try {
            await untilWaiting()
            assert.deepEqual(await unlocked(), keys.slice(101)) // the statement has locked all rows before the held one
          } finally {
            await release()
            await blocked
          }
        })

    it('does not let instances deadlock that count the same keys among others', async () => {
      for (const held of [0, 50, 100, 150, 199]) {
        const release = await hold(database.url, 'select from rate_limits where key = $1 for update', [keys[held]])
        const subsets = [
          keys,
          keys.toReversed(),
          ...[2, 3, 5, 7].map((step) => keys.filter((_, at) => at % step === 0)),
        ]
        const counted = subsets.map((subset) =>
          query(database.url, countPoints, [subset, subset.map(() => 60), Date.now()]),
        )
        await untilWaiting()
        await release()
        await Promise.all(counted) // rejects with 40P01, deadlock_detected, if two of them wait for each other
      }
    })
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
