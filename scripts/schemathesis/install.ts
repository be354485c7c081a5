import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../src/problems.ts'

const version = '4.32.5'

/**
 * Installs Schemathesis into a virtual environment under `folder`, unless that folder already contains it.
 * @returns the path of the program
 * @throws StartError that names the missing program
 */
export async function installSchemathesis(folder: string): Promise<string> {
  const venv = join(folder, `schemathesis-${version}`)
  const program = join(venv, 'bin', 'schemathesis')
  if (existsSync(program) && run(program, '--version').status === 0) return program
  if (run('python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 10))').status !== 0)
    throw new StartError('Python 3.10 or newer is missing (python3).')
  await mkdir(folder, { recursive: true })
  const created = run('python3', '-m', 'venv', '--clear', venv)
  if (created.status !== 0)
    throw new StartError(`python3 cannot make a virtual environment; venv or pip may be missing: ${lastLine(created)}`)
  const installed = run(join(venv, 'bin', 'pip'), 'install', '--quiet', `schemathesis==${version}`)
  if (installed.status !== 0) throw new StartError(`pip cannot install schemathesis ${version}: ${lastLine(installed)}`)
  return program
}

function run(program: string, ...parameters: string[]) {
  return spawnSync(program, parameters, { encoding: 'utf8' })
}

function lastLine({ stdout, stderr }: ReturnType<typeof run>): string {
  return `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? ''
}
