import { ConfigError } from './config.ts'
import { StartError } from './problems.ts'

/** Tells what stopped a command: one sentence where we know it, the whole error where we do not. */
export function tell(error: unknown): void {
  console.error(error instanceof StartError || error instanceof ConfigError ? error.message : error)
}
