import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const project = join(import.meta.dirname, '..', 'django')
const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache')
const requirements = join(project, 'requirements.txt')
const run = promisify(execFile)

type Hashes = { password: string; defaults: string[]; quick: string[]; others: string[] }

/** The hashes that Django made (test/django/make_hashes.py). */
export const madeHashes = JSON.parse(readFileSync(join(project, 'hashes.json'), 'utf8')) as Hashes

/** Returns the reason why Django cannot run here, or undefined. */
export function missingPython(): string | undefined {
  const found = spawnSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'])
  return found.status === 0 ? undefined : 'python3 of version 3.10 or later, with venv, is not installed'
}

/**
 * Runs a script of test/django/ with Django and the packages of requirements.txt, which the first call installs.
 * @param environment PROJECT and the database, as settings.py reads them
 * @returns what the script prints
 */
export async function runDjango(environment: Record<string, string>, ...args: string[]): Promise<string> {
  const python = await installDjango()
  const { PATH = '' } = process.env
  return (await run(python, ['-B', ...args], { cwd: project, env: { PATH, ...environment } })).stdout
}

async function installDjango(): Promise<string> {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
  const venv = join(cache, `django-${version}`)
  const python = join(venv, 'bin', 'python')
  if (existsSync(python)) return python
  const made = await mkdtemp(join(cache, 'django-new-'))
  try {
    await run('python3', ['-m', 'venv', made])
    await run(join(made, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements])
    await rename(made, venv)
  } finally {
    await rm(made, { recursive: true, force: true })
  }
  return python
}
