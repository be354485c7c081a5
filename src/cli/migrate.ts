import type { Command } from 'commander'
import { connectDatabase, explainConnectionError } from '../db/connectDatabase.ts'
import { migrate } from '../db/migrate.ts'
import { StartError } from '../problems.ts'
import { loadCommandConfig } from './commandConfig.ts'
import type { Terminal } from './terminal.ts'

export function addMigrate(program: Command, terminal: Terminal): void {
  program
    .command('migrate')
    .description("brings the database's schema up to date; may run while the service does")
    .option('--grant-to <role>', 'let the service run as this role, which can neither alter nor drop; needed once')
    .action(async ({ grantTo }: { grantTo?: string }) => {
      await migrateDatabase(grantTo, terminal)
    })
}

async function migrateDatabase(grantTo: string | undefined, terminal: Terminal): Promise<void> {
  const { directUrl, stop } = await connectDatabase(await loadCommandConfig(terminal), 'command')
  try {
    const applied = await migrate(directUrl, { grantTo, onWaiting: terminal.printError }).catch((error: unknown) => {
      throw new StartError(explainConnectionError(error, directUrl))
    })
    terminal.print(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The schema is up to date.')
    if (grantTo !== undefined) terminal.print(`The service may run as ${grantTo}.`)
  } finally {
    await stop()
  }
}
