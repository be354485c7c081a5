import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../src/problems.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { runProgram } from './program.ts'

const guide = join(import.meta.dirname, '../../docs/testing.md')

/**
 * Tests a sandbox with Schemathesis as docs/testing.md describes, with the files of that page. Only two phases run:
 * the first sends the examples of the contract, and the second follows the links of the contract. The files do not
 * affect the other phases.
 * @param user the name of a user in auth.yaml
 * @returns whether Schemathesis found no failure
 */
export async function testAsStranger(program: string, work: string, user: string, seed: string): Promise<boolean> {
  const folder = join(work, 'schemathesis')
  await mkdir(folder, { recursive: true })
  const text = await readFile(guide, 'utf8')
  for (const name of ['users.yaml', 'auth.yaml', 'schemathesis.toml'])
    await writeFile(join(folder, name), findExample(text, name))
  const sandbox = await startSandbox({ PORT: '0' }, join(folder, 'users.yaml'))
  try {
    const parameters = ['--auth-wfc-user', user, '--seed', seed, '--phases', 'examples,stateful']
    return await runProgram(program, ['run', `${sandbox.url}/openapi.json`, ...parameters], folder)
  } finally {
    await sandbox.stop()
  }
}

/** @throws StartError if docs/testing.md has no block of code that begins with the name of the file */
function findExample(text: string, name: string): string {
  const [example] = text.match(new RegExp(`(?<=^\`\`\`\\w+\n)# schemathesis/${name}\n[^]*?(?=^\`\`\`$)`, 'm')) ?? []
  if (example === undefined) throw new StartError(`docs/testing.md has no example schemathesis/${name}.`)
  return example
}
