import type { Database } from '../../src/db/database.ts'
import type { TestService } from './service.ts'

// Statements of the worker's heartbeat, the readiness check and the hourly job, which can run during any test.
const background = /graphile_worker|clock_timestamp\(\)|_partitions?\(|delete from signing_keys|\bdue\b/

/** Records the statements and transactions that later requests begin. @returns the list, which grows */
export function noteStatements(service: TestService): string[] {
  const { db, lists } = service.service.services
  const statements: string[] = []
  noteOf(db, statements)
  const run = lists.run.bind(lists)
  const noted = new WeakSet<Database>()
  lists.run = (userId, work) =>
    run(userId, (db) => {
      if (!noted.has(db)) noteOf(db, statements)
      noted.add(db)
      return work(db)
    })
  return statements
}

function noteOf(db: Database, statements: string[]): void {
  for (const name of ['any', 'one', 'maybeOne', 'query', 'transaction'] as const) {
    const original = db[name].bind(db) as (asked: unknown) => Promise<unknown>
    const noted = (asked: { sql?: string }) => {
      const { sql = '' } = asked
      if (!background.test(sql)) statements.push(`${name} ${sql}`)
      return original(asked)
    }
    Object.assign(db, { [name]: noted })
  }
}
