import assert from 'node:assert/strict'
import { describeError } from '../../src/log.ts'
import { createTestDatabase, query } from '../support/database.ts'

describe('describeError, which prepares an error for the log', () => {
  it('names the constraint that failed, but no value (security 80)', async () => {
    const { url, drop } = await createTestDatabase()
    try {
      const insert = `insert into users (id, email, first_name) values (gen_random_uuid(), 'x', 'CANARY')`
      const error = await query(url, insert).catch((reason: unknown) => reason)
      const wrapped = new Error('outer', { cause: error })
      assert.match((error as { detail: string }).detail, /CANARY/)
      const described = JSON.stringify(describeError(wrapped))
      assert.doesNotMatch(described, /CANARY/)
      assert.match(described, /users_email_check/)
    } finally {
      await drop()
    }
  })
})
