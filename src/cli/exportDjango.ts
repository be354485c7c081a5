import { Option, type Command } from 'commander'
import { StartError } from '../problems.ts'
import { makeGroup } from './commandGroup.ts'
import { loadCommandConfig } from './commandConfig.ts'
import { toJson } from './table.ts'
import type { Terminal } from './terminal.ts'
import { withDatabase } from './withDatabase.ts'

type Options = {
  to: string
  dryRun?: boolean
  json?: boolean
  userTable?: string
  idColumn?: string
  emailColumn?: string
  logTable?: string
  logs: boolean
  onConflict: 'stop' | 'skip'
  deactivateDeleted?: boolean
  set: string[]
}

const collect = (value: string, former: string[]) => [...former, value]

/** Adds the command with which an operator goes back to the system from which the users were imported. */
export function addExport(program: Command, terminal: Terminal): void {
  makeGroup(program.command('export').description('writes users back into another system'))
    .command('django')
    .description('writes users, hashes and the login log into the database from which import django read them')
    .requiredOption('--to <target>', 'postgres://… or a SQLite file')
    .option('--dry-run', 'only report what an export would do')
    .option('--json', 'print the report as JSON')
    .option('--user-table <table>', "the users' table, if it is not found")
    .option('--id-column <column>', 'the primary key of the users (default: id)')
    .option('--email-column <column>', 'the email address of the users (default: email)')
    .option('--log-table <table>', 'the table of the login log, if it is not found')
    .option('--no-logs', 'export no login log')
    .addOption(
      new Option('--on-conflict <how>', 'users that cannot be written').choices(['stop', 'skip']).default('stop'),
    )
    .option('--deactivate-deleted', 'deactivate users in Django who were deleted in Gatehouse')
    .option('--set <column=value>', 'table.column=value for new rows, if Django requires it', collect, [])
    .action((options: Options) => runExport(terminal, options))
}

async function runExport(terminal: Terminal, options: Options): Promise<void> {
  const { to, dryRun = false, json = false, onConflict, deactivateDeleted = false, set } = options
  const { userTable, idColumn, emailColumn, logTable, logs } = options
  const config = await loadCommandConfig(terminal)
  const { exportDjango } = await import('../export/exportDjango.ts') // only this command needs node:sqlite
  const tables = { userTable, idColumn, emailColumn, logTable, logs }
  const { report, isWritten } = await withDatabase(config, terminal, (db) =>
    exportDjango(db, { to, dryRun, tables, onConflict, deactivateDeleted, set }, terminal.printError),
  )
  terminal.print(json ? toJson({ dry_run: dryRun, written: isWritten, ...report.toJson() }) : report.toText())
  if (dryRun || isWritten) return
  throw new StartError(
    `Nothing was exported: ${report.undecided.toLocaleString('en')} users need a decision. --on-conflict skip leaves them out.`,
  )
}
