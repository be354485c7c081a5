import assert from 'node:assert/strict'
import { sql } from 'slonik'
import { createDatabase, type DatabaseHandle } from '../../src/db/database.ts'
import { Problem } from '../../src/problems.ts'
import { createTestDatabase } from '../support/database.ts'

const one = sql.unsafe`select 1 as one`
const isUnavailable = (error: unknown) => error instanceof Problem && error.code === 'unavailable'

// The service opens its database again when a later step of its start has failed. It serves requests in the meantime.
describe('the database, when it is opened again', () => {
  let own: Awaited<ReturnType<typeof createTestDatabase>>
  let db: DatabaseHandle
  before(async () => {
    own = await createTestDatabase()
    db = createDatabase({ preparedStatements: true, onError: () => undefined })
    await db.open(own.url)
  })
  after(async () => {
    await db.close()
    await own.drop()
  })

  it('runs each statement, or throws the problem `unavailable`', async () => {
    for (let round = 0; round < 10; round++) {
      const opening = { isOver: false }
      const opened = db.open(own.url).then(() => {
        opening.isOver = true
      })
      while (!opening.isOver)
        for (const result of await Promise.allSettled([db.one(one), db.one(one)]))
          assert.ok(result.status === 'fulfilled' || isUnavailable(result.reason), JSON.stringify(result))
      await opened
    }
    assert.deepEqual(await db.one(one), { one: 1 })
  })

  it('throws Problem unavailable in a transaction that began before', async () => {
    const interrupted = db.transaction(async (transaction) => {
      await transaction.one(one)
      await db.open(own.url)
      return transaction.one(one)
    })
    await assert.rejects(interrupted, isUnavailable)
    assert.deepEqual(await db.one(one), { one: 1 })
  })
})
