import { ConfigError } from '../config/config.ts'
import { describeError } from '../describeError.ts'
import { StartError } from '../problems.ts'

/** Tells what stopped a command: one sentence where we know it, the whole error where we do not. */
export function printError(error: unknown): void {
  if (error instanceof StartError || error instanceof ConfigError) console.error(error.message)
  else if (isUsageError(error)) console.error(`${error.message}. Try --help.`)
  else console.error(describeError(error))
}

function isUsageError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
