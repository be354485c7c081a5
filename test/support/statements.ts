import type { TestService } from './service.ts'

const background = /graphile_worker|clock_timestamp\(\)/ // the mail worker's heartbeat, and the readiness check

/** Notes the statements, and beginnings of transactions, that requests lead to from now on. @returns the growing list */
export function noteStatements(service: TestService): string[] {
  const { db } = service.service.services
  const statements: string[] = []
  for (const name of ['any', 'one', 'maybeOne', 'query', 'transaction'] as const) {
    const original = db[name].bind(db) as (asked: unknown) => Promise<unknown>
    const noted = (asked: { sql?: string }) => {
      const { sql = '' } = asked
      if (!background.test(sql)) statements.push(`${name} ${sql}`)
      return original(asked)
    }
    Object.assign(db, { [name]: noted })
  }
  return statements
}
