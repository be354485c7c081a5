import { readServiceState } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { errorCode } from '../../db/errors.ts'
import { Problem } from '../../problems.ts'
import type { Clock } from '../clock.ts'
import type { Keyring } from './keyring.ts'

const undefinedTable = '42P01'

/**
 * Checks that the service can answer requests: the database answers, its schema is that of this release or newer, and
 * the signing keys are loaded. The query also corrects the clock.
 * @throws Problem unavailable, whose cause names the missing condition
 */
export async function requireReadiness({
  db,
  keyring,
  clock,
  latestMigration,
}: {
  db: Database
  keyring: Keyring
  clock: Clock
  latestMigration: number
}): Promise<void> {
  const query = () => db.one(readServiceState())
  const state = await clock
    .measure(query, ({ now }) => now)
    .catch((error: unknown) => {
      throw errorCode(error) === undefinedTable ? new Problem('unavailable', { cause: 'no migration has run' }) : error
    })
  if (state.latest_migration < latestMigration) throw new Problem('unavailable', { cause: 'migrations are missing' })
  keyring.requireLoaded()
}
