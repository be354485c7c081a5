import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { printError } from '../src/cli/printError.ts'
import { StartError } from '../src/problems.ts'

type Values<Options extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: Options }>>['values']

/**
 * Runs a developer tool. Parses the tool's options, prints the help text for `--help`, and prints errors that `main`
 * throws.
 * @param main the tool itself, which may set process.exitCode
 * @param failureCode the exit code if `main` throws or an option is unknown
 */
export async function runTool<const Options extends ParseArgsOptionsConfig>(
  help: string,
  options: Options,
  main: (values: Values<Options>) => unknown,
  failureCode = 1,
): Promise<void> {
  try {
    const values = parseOptions({ ...options, help: { type: 'boolean', short: 'h' } })
    if ('help' in values) console.log(help)
    else await main(values as Values<Options>)
  } catch (error) {
    printError(error)
    process.exitCode = failureCode
  }
}

function parseOptions(options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('. ')[0] ?? ''}. Try --help.`)
  }
}
