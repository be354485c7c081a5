import { Option, type Command } from 'commander'
import type { Database } from '../db/database.ts'
import { mailStatuses } from '../domain/mails/mailList.ts'
import { StartError } from '../problems.ts'
import { readMessages } from './bounceFiles.ts'
import { makeGroup } from './commandGroup.ts'
import { loadCommandConfig } from './commandConfig.ts'
import * as work from './mailCommands.ts'
import type { Terminal } from './terminal.ts'
import { withDatabase } from './withDatabase.ts'

/** Adds the commands that show, retry and discard mails, and those that manage suppressed addresses. */
export function addMail(program: Command, terminal: Terminal): void {
  const run = async (task: (db: Database) => Promise<string>) => {
    const config = await loadCommandConfig(terminal)
    terminal.print(await withDatabase(config, terminal, task))
  }
  const mail = makeGroup(program.command('mail').description('shows, retries and discards mails, and records bounces'))
  addMailsCommands(mail, run)
  addSuppressionCommands(mail, run)
}

type Run = (task: (db: Database) => Promise<string>) => Promise<void>

function addMailsCommands(mail: Command, run: Run): void {
  mail
    .command('list')
    .description(`lists the latest ${work.maxRows} mails`)
    .addOption(new Option('--status <status>', 'only these').choices(mailStatuses))
    .option('--address <email>', 'only mails to this email address')
    .option('--json', 'print JSON: count and results')
    .action((options: work.ListOptions) => run((db) => work.list(db, options)))
  mail
    .command('show')
    .description('shows everything about a mail except its text and code, which are not stored')
    .argument('<id>')
    .action((id: string) => run((db) => work.show(db, id)))
  mail
    .command('retry')
    .description('queues a failed mail again, or sends a queued mail now')
    .argument('[id]')
    .option('--failed', 'every failed mail')
    .action((id: string | undefined, { failed = false }: { failed?: boolean }) => {
      if (failed === (id !== undefined)) throw new StartError('Name the id of one mail, or --failed.')
      return run((db) => (id === undefined ? work.retryFailed(db) : work.retryOne(db, id)))
    })
  mail
    .command('discard')
    .description('drops a queued or failed mail')
    .argument('<id>')
    .action((id: string) => run((db) => work.discard(db, id)))
}

function addSuppressionCommands(mail: Command, run: Run): void {
  mail
    .command('bounces')
    .description('records delivery status notifications, and suppresses addresses that have no mailbox')
    .argument('<file>', 'a message, an mbox file, a Maildir folder, or - for the standard input')
    .action(async (file: string) => {
      const messages = await readMessages(file, process.stdin)
      await run((db) => work.recordBounces(db, messages))
    })
  mail
    .command('suppressed')
    .description(`lists the latest ${work.maxRows} addresses that get no mails`)
    .option('--json', 'print JSON: count and results')
    .action(({ json = false }: { json?: boolean }) => run((db) => work.listSuppressed(db, json)))
  mail
    .command('unsuppress')
    .description('lets an address get mails again')
    .argument('<email>')
    .action((email: string) => run((db) => work.unsuppress(db, email)))
}
