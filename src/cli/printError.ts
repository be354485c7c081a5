import { inspect } from 'node:util'
import { ConfigError } from '../config/config.ts'
import { describeError } from '../log.ts'
import { StartError } from '../problems.ts'

/** What an operator reads when a command or the start fails: the sentence of a known error, the whole of any other. */
export function describeFailure(error: unknown): string {
  if (error instanceof StartError || error instanceof ConfigError) return error.message
  return inspect(describeError(error), { depth: 8 })
}

export function printError(error: unknown): void {
  console.error(describeFailure(error))
}
