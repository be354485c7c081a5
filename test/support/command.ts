import { execFile } from 'node:child_process'
import { join } from 'node:path'

export type Outcome = { code: number; stdout: string; stderr: string }

const root = join(import.meta.dirname, '..', '..')

/** Runs a script, whose path begins at the root, as a process of its own, in a folder without `.env`, with these settings alone. */
export function runCommand(
  folder: string,
  settings: Record<string, string>,
  script: string,
  ...args: string[]
): Promise<Outcome> {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  const options = { cwd: folder, env: { PATH, NODE_COMPILE_CACHE, ...settings } }
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, script), ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}
