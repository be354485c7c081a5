import { readServiceState } from '../../../generated/queries.ts'
import type { Database } from '../../db/database.ts'
import { errorCode } from '../../db/errors.ts'
import { Problem } from '../../problems.ts'
import type { Clock } from '../clock.ts'
import type { Keyring } from './keyring.ts'

const undefinedTable = '42P01'

/**
 * Ready is: the database answers, its schema is this release's or newer, the keys are loaded. Corrects the clock on the way.
 * @throws Problem unavailable, with what is missing as its cause
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
