import assert from 'node:assert/strict'
import { createPool } from '../../src/jobs/pool.ts'
import { createTestDatabase } from '../support/database.ts'

const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

describe('the connection pool of the worker', () => {
  it('ignores a second release of the same connection by graphile-worker', async () => {
    const database = await createTestDatabase()
    const pool = await createPool(database.url, log)
    const release = await new Promise<() => void>((resolve) => {
      pool.connect((_error, _client, done) => {
        resolve(done)
      })
    })
    release()
    assert.doesNotThrow(release)
    assert.equal(pool.idleCount, 1)
    await pool.end()
    await database.drop()
  })
})
