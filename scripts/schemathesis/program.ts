import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs Schemathesis in a folder, in which Schemathesis stores its findings.
 * @param environment variables in addition to those of this process
 * @returns whether Schemathesis found no failure
 */
export async function runProgram(
  program: string,
  parameters: string[],
  folder: string,
  environment: Record<string, string> = {},
): Promise<boolean> {
  const child = spawn(program, ['--no-color', ...parameters], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0
}
