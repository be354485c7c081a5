import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Tool } from '../../scripts/tool.ts'
import { runCommandLine } from '../../src/cli/commandLine.ts'

export type Outcome = { code: number; stdout: string; stderr: string }

const root = join(import.meta.dirname, '..', '..')

/** Runs `gatehouse ARGS` in this process, only with these settings and those of `.env` in the folder. */
export function gatehouse(folder: string, settings: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return collect((output) => runCommandLine(args, { environment: settings, folder, isInteractive: false, ...output }))
}

/** Runs a developer tool in this process, because a separate process takes most of the time. */
export function runInProcess(tool: Tool, ...args: string[]): Promise<Outcome> {
  return collect((output) => tool(args, output))
}

async function collect(run: (output: Parameters<Tool>[1]) => Promise<number>): Promise<Outcome> {
  let [stdout, stderr] = ['', '']
  const code = await run({
    print: (text) => (stdout += `${text}\n`),
    printError: (text) => (stderr += `${text}\n`),
  })
  return { code, stdout, stderr }
}

/** Runs a script in its own process, without `.env` and only with these settings. Its path begins at the root. */
export function runScript(
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
