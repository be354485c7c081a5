import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/**
 * Runs the commands of docs/operations.md that follow `<!-- block -->`, in the folder of the repository.
 * @param edit changes the commands, for example the paths of files
 * @returns their output
 */
export async function runGuideBlock(
  block: string,
  settings: Record<string, string>,
  edit = (commands: string) => commands,
): Promise<string> {
  const page = await readFile(join(root, 'docs', 'operations.md'), 'utf8')
  const [, commands] = new RegExp(`<!-- ${block} -->\\s+\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(page) ?? []
  assert.ok(commands, block)
  const options = { cwd: root, env: settings }
  return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', edit(commands)], options)).stdout
}
