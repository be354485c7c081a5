import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'
import { waitForEnd } from './waitForEnd.ts'

const description = 'starts a throw-away service for the tests of a product, until it is stopped'

export function addSandbox(program: Command, terminal: Terminal): void {
  program
    .command('sandbox')
    .description(description)
    .option('--users <file>', 'users in YAML or JSON, who exist at the start and after each reset')
    .action(async ({ users }: { users?: string }) => {
      await runSandbox(terminal, users)
    })
}

async function runSandbox({ environment, print }: Terminal, users: string | undefined): Promise<void> {
  const { ended, stopWaiting } = waitForEnd()
  try {
    const { startSandbox } = await import('../sandbox/sandbox.ts') // only this command needs it
    const sandbox = await startSandbox(environment, users)
    print(`Sandbox    ${sandbox.url}`)
    print(`Control    ${sandbox.url}/sandbox/`)
    print(`Folder     ${sandbox.folder}`)
    print(`Users      ${sandbox.users}`)
    await ended
    await sandbox.stop()
  } finally {
    stopWaiting()
  }
}
