import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { describeFailure } from '../src/cli/printError.ts'
import { processTerminal, type Terminal } from '../src/cli/terminal.ts'
import { StartError } from '../src/problems.ts'

type Values<Options extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: Options }>>['values']

type Output = Pick<Terminal, 'print' | 'printError'>

/** Runs a tool with the arguments of its command line. @returns the exit code */
export type Tool = (args: readonly string[], output: Output) => Promise<number>

/**
 * Makes a developer tool that tests can run in their own process. It parses its options, prints the help text for
 * `--help`, and prints errors that `main` throws.
 * @param main the tool itself, which returns the exit code
 * @param failureCode the exit code if `main` throws or an option is unknown
 */
export function createTool<const Options extends ParseArgsOptionsConfig>(
  help: string,
  options: Options,
  main: (values: Values<Options>, output: Output) => Promise<number>,
  failureCode = 1,
): Tool {
  return async (args, output) => {
    try {
      const values = parseOptions(args, { ...options, help: { type: 'boolean', short: 'h' } })
      if (!('help' in values)) return await main(values as Values<Options>, output)
      output.print(help)
      return 0
    } catch (error) {
      output.printError(describeFailure(error))
      return failureCode
    }
  }
}

/** Runs a tool as this process. @param main the tool itself, which may set process.exitCode */
export async function runTool<const Options extends ParseArgsOptionsConfig>(
  help: string,
  options: Options,
  main: (values: Values<Options>) => unknown,
  failureCode = 1,
): Promise<void> {
  const run = async (values: Values<Options>) => {
    await main(values)
    return Number(process.exitCode ?? 0)
  }
  await runAsProcess(createTool(help, options, run, failureCode))
}

/** Runs a tool with the arguments and the output of this process, and sets the exit code. */
export async function runAsProcess(tool: Tool): Promise<void> {
  process.exitCode = await tool(process.argv.slice(2), processTerminal)
}

function parseOptions(args: readonly string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('. ')[0] ?? ''}. Try --help.`)
  }
}
