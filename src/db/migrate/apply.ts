import { sql, type CommonQueryMethods } from 'slonik'
import { Problem, StartError } from '../../problems.ts'
import { asUnavailable, errorCode, rootMessage } from '../errors.ts'
import { splitStatements, statement } from '../rawSql.ts'

export type Migration = { number: number; name: string; text: string; checksum: string }

// The database role may have a statement time-out that suits requests but is too short for a migration.
const withoutTimeout = sql.unsafe`set local statement_timeout = 0`

/** Runs and records one migration in one transaction. @throws StartError that names the failed statement */
export async function applyMigration(
  connection: CommonQueryMethods,
  { number, name, text, checksum }: Migration,
): Promise<void> {
  await connection.transaction(async (transaction) => {
    await transaction.query(withoutTimeout)
    for (const part of splitStatements(text)) {
      await transaction.query(statement(part)).catch((error: unknown) => {
        throw explainError(error, name, part)
      })
    }
    await transaction.query(
      sql.unsafe`insert into migrations (number, name, checksum) values (${number}, ${name}, ${checksum})`,
    )
  })
}

/**
 * Converts an error to a StartError that names the failed statement. A temporary error, such as
 * a deadlock or a lost connection, is returned unchanged.
 */
function explainError(error: unknown, name: string, part: string): unknown {
  if (asUnavailable(error) instanceof Problem || errorCode(error)?.startsWith('40')) return error
  const [line] = part.split('\n').filter((text) => !text.startsWith('--'))
  return new StartError(`Migration ${name} failed: ${rootMessage(error)}. The statement begins: ${line ?? ''}`)
}
