import { parseArgs } from 'node:util'
import { connectDatabase, explainConnectionError } from '../db/connectDatabase.ts'
import { migrate } from '../db/migrate.ts'
import { StartError } from '../problems.ts'
import { loadProcessConfig } from '../config/processConfig.ts'
import { printError } from './printError.ts'

const help = `npm run migrate [-- --grant-to ROLE]

Brings the database's schema up to date: the one of DATABASE_URL or DB_*, or the embedded one in DATA_DIR.
It may run while the service does, and any number at once.
  --grant-to ROLE  the service may run as this role, which can neither alter nor drop; once is enough, later runs know it`

try {
  const { values } = parseArgs({ options: { 'grant-to': { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(help)
  else await run(values['grant-to'])
} catch (error) {
  printError(error)
  process.exitCode = 1
}

async function run(grantTo: string | undefined): Promise<void> {
  const database = await connectDatabase(await loadProcessConfig(), 'command')
  try {
    const applied = await migrate(database.url, { grantTo, onWaiting: console.error }).catch((error: unknown) => {
      throw new StartError(explainConnectionError(error, database.url))
    })
    console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The schema is up to date.')
    if (grantTo !== undefined) console.log(`The service may run as ${grantTo}.`)
  } finally {
    await database.stop()
  }
}
