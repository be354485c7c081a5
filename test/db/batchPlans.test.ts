import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { findPrincipals } from '../../generated/queries.ts'
import { createTestDatabase } from '../support/database.ts'

const { sql } = findPrincipals({ userIds: [], sessionIds: [] })
const statements = [
  { name: 'findPrincipals', text: sql.replace(/\$slonik_(?=\d)/g, '$'), values: [[randomUUID()], [randomUUID()]] },
  { name: 'countPoints', text: readFileSync('sql/countPoints.sql', 'utf8'), values: [['a'], [60], Date.now()] },
]

describe('statements of several requests', () => {
  for (const statement of statements)
    it(`are planned once, and not for each length of their arrays: ${statement.name}`, async () => {
      const database = await createTestDatabase()
      const client = new pg.Client({ connectionString: database.url })
      await client.connect()
      try {
        for (let time = 0; time < 20; time++) await client.query(statement)
        const { rows } = await client.query<{ count: string }>(
          'select custom_plans as count from pg_prepared_statements',
        )
        assert.deepEqual(rows, [{ count: '5' }])
      } finally {
        await client.end()
        await database.drop()
      }
    })
})
