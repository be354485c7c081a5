import { Command, CommanderError } from 'commander'
import { makeGroup } from './commandGroup.ts'
import { addCreateSuperuser } from './createsuperuser.ts'
import { addExport } from './exportDjango.ts'
import { addImport } from './importDjango.ts'
import { addKeys } from './keys.ts'
import { addMail } from './mail.ts'
import { addMigrate } from './migrate.ts'
import { describeFailure } from './printError.ts'
import { addSandbox } from './sandbox.ts'
import { addShadow } from './shadow.ts'
import { addStart } from './start.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { addUsers } from './users.ts'

const description = `Runs and administers the accounts service. Settings come from the environment or .env: see .env.example.
The commands use the database of DATABASE_URL or DB_*, or the embedded one in DATA_DIR, whether or not the service runs.`

/**
 * Runs one command of `gatehouse`.
 * @param args the arguments of the command line, without the program's name
 * @returns the exit code: 1 when the command failed or does not exist
 */
export async function runCommandLine(args: readonly string[], terminal = processTerminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(withOperandsLast(args), { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    terminal.printError(describeFailure(error))
    return 1
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('gatehouse').description(description)
  // commander copies this configuration to a subcommand when the subcommand is added, so the program is configured
  // first.
  program.exitOverride().configureOutput({
    writeOut: (text) => {
      terminal.print(text.trimEnd())
    },
    writeErr: (text) => {
      terminal.printError(text.trimEnd())
    },
    outputError: (text, write) => {
      write(asSentence(text))
    },
  })
  addStart(program)
  addMigrate(program, terminal)
  addCreateSuperuser(program, terminal)
  addUsers(program, terminal)
  addKeys(program, terminal)
  addMail(program, terminal)
  addImport(program, terminal)
  addExport(program, terminal)
  addSandbox(program, terminal)
  addShadow(program, terminal)
  return makeGroup(program)
}

/**
 * Turns an error message of commander into a sentence: "error: unknown option '--later'" becomes "Unknown option
 * '--later'. Try --help."
 */
function asSentence(message: string): string {
  const [line = '', ...hints] = message
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n')
  const sentence = [line, ...hints].join(' ').replace(/\.$/, '')
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. Try --help.`
}

/** Moves key ids after `--`: a key id may begin with a dash, and commander would take such an id for an option. */
function withOperandsLast(args: readonly string[]): string[] {
  const kids = args.filter((arg) => /^-[\w-]{42}$/.test(arg))
  return kids.length === 0 ? [...args] : [...args.filter((arg) => !kids.includes(arg)), '--', ...kids]
}
