import { Option, type Command } from 'commander'
import type { Database } from '../db/database.ts'
import { makeGroup } from './commandGroup.ts'
import { loadCommandConfig } from './commandConfig.ts'
import type { Terminal } from './terminal.ts'
import * as work from './userCommands.ts'
import { withDatabase } from './withDatabase.ts'

type Work = (db: Database) => Promise<string>

/**
 * Adds the commands with which an operator manages users. They do the same as operations of the contract. An operator
 * has no account, so the security events of these commands have no actor.
 */
export function addUsers(program: Command, terminal: Terminal): void {
  const run = async (task: Work) => {
    const config = await loadCommandConfig(terminal)
    terminal.print(await withDatabase(config, terminal, task))
  }
  const users = makeGroup(program.command('users').description('lists, suspends and signs out users'))
  users
    .command('list')
    .description(`lists the latest ${work.maxRows} users`)
    .option('--search <text>', 'only users whose email address or names contain the text')
    .option('--suspended', 'only suspended users')
    .option('--json', 'print JSON: count and results, as listUsers does')
    .action(async (options: work.ListOptions) => {
      if (options.search !== undefined) await work.checkSearch(options.search)
      await run((db) => work.list(db, options))
    })
  users
    .command('suspend')
    .description('ends every session of a user, who cannot sign in until activated')
    .argument('<email>')
    .action((email: string) => run((db) => work.suspend(db, email)))
  users
    .command('activate')
    .description('ends the suspension of a user')
    .argument('<email>')
    .action((email: string) => run((db) => work.activate(db, email)))
  users
    .command('end-undo')
    .description('invalidates the links by which former addresses of a user can undo a change of address')
    .argument('<email>')
    .action((email: string) => run((db) => work.endUndo(db, email)))
  users
    .command('sessions')
    .description('lists the sessions of a user')
    .argument('<email>')
    .option('--revoke', 'end them instead')
    .addOption(new Option('--json', 'print JSON: count and results, as listSessions does').conflicts('revoke'))
    .action((email: string, { revoke, json = false }: { revoke?: boolean; json?: boolean }) =>
      run((db) => (revoke ? work.revokeSessions(db, email) : work.listSessions(db, email, json))),
    )
}
