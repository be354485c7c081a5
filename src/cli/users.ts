import { parseArgs } from 'node:util'
import type { Database } from '../db/database.ts'
import { Problem, StartError } from '../problems.ts'
import { loadProcessConfig } from '../config/processConfig.ts'
import { printError } from './printError.ts'
import { loadInputCheck } from './checkInput.ts'
import { activate, endSessions, endUndo, list, listSessions, suspend } from './users/commands.ts'
import { withDatabase } from './withDatabase.ts'

const help = `npm run users -- COMMAND

  list [--search TEXT] [--suspended]  the latest 100 users, of those whose address or names contain the text
  suspend EMAIL                       ends every session at once; nobody signs in until the user is active again
  activate EMAIL                      ends a suspension
  end-undo EMAIL                      ends the links by which former addresses of the user can undo a change of address
  sessions EMAIL [--revoke]           where the user is signed in; --revoke ends every session

It works on the embedded database too, whether or not the service runs.`

type Work = (db: Database) => Promise<string>

try {
  const [name, ...args] = process.argv.slice(2)
  if (name === undefined || [name, ...args].some((arg) => arg === '--help' || arg === '-h')) console.log(help)
  else {
    const work = await readCommand(name, args)
    console.log(await withDatabase(await loadProcessConfig(), work))
  }
} catch (error) {
  printError(error)
  process.exitCode = 1
}

async function readCommand(name: string, args: string[]): Promise<Work> {
  switch (name) {
    case 'list': {
      const { values } = parseArgs({ args, options: { search: { type: 'string' }, suspended: { type: 'boolean' } } })
      if (values.search !== undefined) await checkSearch(values.search)
      return (db) => list(db, values)
    }
    case 'suspend':
    case 'activate':
    case 'end-undo': {
      const email = readEmail(name, parseArgs({ args, allowPositionals: true }).positionals)
      const work = { suspend, activate, 'end-undo': endUndo }[name]
      return (db) => work(db, email)
    }
    case 'sessions': {
      const { values, positionals } = parseArgs({
        args,
        options: { revoke: { type: 'boolean' } },
        allowPositionals: true,
      })
      const email = readEmail(name, positionals)
      return (db) => (values.revoke ? endSessions(db, email) : listSessions(db, email))
    }
    default:
      throw new StartError(`There is no command ${name}. Try --help.`)
  }
}

async function checkSearch(search: string): Promise<void> {
  const check = await loadInputCheck('listUsers')
  try {
    check({ query: { search } })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new StartError(`--search cannot be used: ${error.errors?.map(({ detail }) => detail).join(' ') ?? ''}`)
  }
}

function readEmail(command: string, [email, ...more]: string[]): string {
  if (email === undefined || more.length > 0) throw new StartError(`Name one user: npm run users -- ${command} EMAIL`)
  return email
}
