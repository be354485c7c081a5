import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSandboxDatabase, type SandboxDatabase } from '../../src/sandbox/sandboxDatabase.ts'
import { beginTransaction } from '../support/locks.ts'
import { scratch } from '../support/scratch.ts'

describe('the database of a sandbox', () => {
  let database: SandboxDatabase
  before(async () => {
    database = await createSandboxDatabase(scratch, process.env['TEST_DATABASE_URL'])
    await database.run('snapshot')
  })
  after(() => database.remove())

  it('is reset even if the first attempt deadlocks with a request', async () => {
    while (!(await deadlockWithReset()));
  })

  /** @returns false if PostgreSQL aborted the request instead of the reset, as it may do on a busy machine */
  async function deadlockWithReset(): Promise<boolean> {
    const request = await beginTransaction(database.url)
    await request.query('lock table users in row exclusive mode')
    const reset = database.run('reset')
    const blocked = `select pid from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`
    while ((await request.query(blocked)).rows.length === 0) await sleep(1)
    // After deadlock_timeout (1 s), PostgreSQL aborts the reset, because the reset began to wait first.
    const survived = await request.query('lock table codes in row exclusive mode').then(
      () => true,
      (error: unknown) => {
        assert.equal((error as { code?: string }).code, '40P01')
        return false
      },
    )
    await request.query('rollback')
    await request.end()
    await assert.doesNotReject(reset)
    return survived
  }
})
