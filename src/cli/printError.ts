import { inspect } from 'node:util'
import { ConfigError } from '../config/config.ts'
import { describeError } from '../log.ts'
import { StartError } from '../problems.ts'

/**
 * Describes an error for the operator when a command or the start fails. A StartError or ConfigError is described by
 * its message alone, any other error by its type, message, stack and causes.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof StartError || error instanceof ConfigError) return error.message
  return inspect(describeError(error), { depth: 8 })
}

export function printError(error: unknown): void {
  console.error(describeFailure(error))
}
