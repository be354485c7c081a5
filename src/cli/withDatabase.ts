import type { Config } from '../config/config.ts'
import { connectDatabase, explainConnectionError } from '../db/connectDatabase.ts'
import { createDatabase, type Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { StartError } from '../problems.ts'
import { printError } from './printError.ts'

/** Does a command's work on the configured or the embedded database, migrated, whether or not the service runs. @throws StartError */
export async function withDatabase<T>(config: Config, work: (db: Database) => Promise<T>): Promise<T> {
  const database = await connectDatabase(config, 'command')
  const db = createDatabase({ preparedStatements: config.preparedStatements, onError: printError })
  try {
    await migrate(database.url, { onWaiting: console.error }).catch((error: unknown) => {
      throw new StartError(explainConnectionError(error, database.url))
    })
    await db.open(database.url)
    return await work(db)
  } finally {
    await db.close()
    await database.stop()
  }
}
