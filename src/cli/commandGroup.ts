import type { Command } from 'commander'

/**
 * Makes a command that only has subcommands. Without a subcommand it prints its help. It refuses an unknown
 * subcommand.
 */
export function makeGroup(command: Command): Command {
  return command
    .argument('[command]')
    .usage('[options] [command]')
    .action((name: string | undefined) => {
      if (name === undefined) command.help()
      else command.error(`error: unknown command '${name}'`)
    })
}
