import { Option, type Command } from 'commander'
import { StartError } from '../problems.ts'
import { makeGroup } from './commandGroup.ts'
import { loadCommandConfig } from './commandConfig.ts'
import { toJson } from './table.ts'
import type { Terminal } from './terminal.ts'
import { withDatabase } from './withDatabase.ts'
import type { Decisions } from '../import/convertUser.ts'

type Options = Omit<Decisions, 'skipPending'> & {
  from: string
  dryRun?: boolean
  json?: boolean
  userTable?: string
  idColumn?: string
  emailColumn?: string
  logTable?: string
  logs: boolean
  skipPending?: boolean
}

/** Adds the command with which an operator imports the users of another system. */
export function addImport(program: Command, terminal: Terminal): void {
  const choice = (flags: string, description: string, ...choices: string[]) =>
    new Option(flags, description).choices(choices).default(choices[0])
  makeGroup(program.command('import').description('imports users of another system'))
    .command('django')
    .description('imports users, password hashes and the login log of a Django project; a second run changes nothing')
    .requiredOption('--from <source>', 'postgres://… , a SQLite file, or the JSON of dumpdata')
    .option('--dry-run', 'only report what an import would do')
    .option('--json', 'print the report as JSON')
    .option('--user-table <table>', "the users' table, if it is not found")
    .option('--id-column <column>', 'the primary key of the users (default: id)')
    .option('--email-column <column>', 'the email address of the users (default: email)')
    .option('--log-table <table>', 'the table of the login log, if it is not found')
    .option('--no-logs', 'import no login log')
    .addOption(
      choice('--on-collision <how>', 'email addresses that differ in case only', 'stop', 'skip', 'first', 'latest'),
    )
    .addOption(choice('--on-existing <how>', 'email addresses of users of Gatehouse', 'stop', 'skip', 'link'))
    .addOption(choice('--on-invalid <how>', 'missing and invalid email addresses', 'stop', 'skip'))
    .addOption(choice('--on-unknown-hash <how>', 'hashes that cannot be verified', 'stop', 'skip', 'reset'))
    .option('--skip-pending', 'leave out inactive users who never signed in')
    .addOption(choice('--language <language>', 'the language of the users’ mails', 'en', 'ru'))
    .action((options: Options) => runImport(terminal, options))
}

async function runImport(terminal: Terminal, options: Options): Promise<void> {
  const { from, dryRun = false, json = false, skipPending = false } = options
  const { userTable, idColumn, emailColumn, logTable, logs } = options
  const { onCollision, onExisting, onInvalid, onUnknownHash, language } = options
  const config = await loadCommandConfig(terminal)
  const { importDjango } = await import('../import/importDjango.ts') // only this command needs node:sqlite
  const { report, isWritten } = await withDatabase(config, terminal, (db) =>
    importDjango(
      db,
      {
        from,
        dryRun,
        tables: { userTable, idColumn, emailColumn, logTable, logs },
        decisions: { onCollision, onExisting, onInvalid, onUnknownHash, skipPending, language },
        retention: config.loginLogRetention,
      },
      terminal.printError,
    ),
  )
  terminal.print(json ? toJson({ dry_run: dryRun, written: isWritten, ...report.toJson() }) : report.toText())
  if (dryRun || isWritten) return
  throw new StartError(
    `Nothing was imported: ${report.undecided.toLocaleString('en')} users need a decision. The options --on-… decide.`,
  )
}
