import { parseArgs } from 'node:util'
import { connectDatabase, explainConnection } from '../src/connect.ts'
import { migrate } from '../src/db/migrate.ts'
import { StartError } from '../src/problems.ts'
import { readSettings } from '../src/readSettings.ts'
import { tell } from '../src/tell.ts'

const help = `npm run migrate

Brings the database's schema up to date: the one of DATABASE_URL or DB_*, or the embedded one in DATA_DIR.
It may run while the service does, and any number at once.`

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(help)
  else await run()
} catch (error) {
  tell(error)
  process.exitCode = 1
}

async function run(): Promise<void> {
  const database = await connectDatabase(await readSettings(), 'command')
  try {
    const applied = await migrate(database.url).catch((error: unknown) => {
      throw new StartError(explainConnection(error, database.url))
    })
    console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The schema is up to date.')
  } finally {
    await database.stop()
  }
}
