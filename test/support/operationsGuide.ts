import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/** Returns the code block of docs/operations.md that follows `<!-- block -->`, without the indentation of a list. */
export async function readGuideBlock(block: string): Promise<string> {
  const page = await readFile(join(root, 'docs', 'operations.md'), 'utf8')
  const [, indent = '', content] =
    new RegExp(`( *)<!-- ${block} -->\\s+\`\`\`\\w+\\n([\\s\\S]*?)\\n *\`\`\``).exec(page) ?? []
  assert.ok(content, block)
  return content.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
}

// Only the first command of a block is run by npx, because npx takes twice as long as the commands.
const quickNpx = 'npx() { npx() { "src/cli/$1" "${@:2}"; }; command npx "$@"; }'

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
  const options = { cwd: root, env: settings }
  const commands = `${quickNpx}\n${edit(await readGuideBlock(block))}`
  return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], options)).stdout
}
