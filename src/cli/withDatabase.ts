import { connectDatabase, explainConnectionError } from '../db/connectDatabase.ts'
import { createDatabase, type Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { StartError } from '../problems.ts'
import type { Config } from '../config/config.ts'
import { describeFailure } from './printError.ts'
import type { Terminal } from './terminal.ts'

/**
 * Opens the configured or the embedded database, migrates it, and runs the work of a command. The command works
 * whether or not the service is running.
 * @throws StartError when the database cannot be reached or migrated, and every error of `work`
 */
export async function withDatabase<Result>(
  config: Config,
  { printError }: Terminal,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  const database = await connectDatabase(config, 'command')
  const onError = (error: Error) => {
    printError(describeFailure(error))
  }
  const db = createDatabase({ preparedStatements: config.preparedStatements, onError })
  try {
    await migrate(database.directUrl, { onWaiting: printError }).catch((error: unknown) => {
      throw new StartError(explainConnectionError(error, database.directUrl))
    })
    await db.open(database.url)
    return await work(db)
  } finally {
    await db.close()
    await database.stop()
  }
}
