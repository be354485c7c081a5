import type { Command } from 'commander'

export function addStart(program: Command): void {
  program
    .command('start')
    .description('migrates the database, serves, and sends mail, until it is stopped')
    .action(async () => {
      await import('../main.ts')
    })
}
