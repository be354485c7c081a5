import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StartError } from '../../src/problems.ts'
import { findFreePort } from '../freePort.ts'
import type { System } from './system.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const project = join(root, 'test/django/project')
const requirements = join(root, 'test/django/requirements-project.txt')
const venv = join(root, '.work/django-project')

/**
 * Installs Django and its packages into a virtual environment below .work/, unless it already has them.
 * @returns the path of Python
 * @throws StartError that names what is missing
 */
export async function installDjango(): Promise<string> {
  const python = join(venv, 'bin/python')
  const attempt = async (program: string, parameters: string[], problem: string) => {
    await run(program, parameters).catch((cause: unknown) => {
      throw new StartError(problem, { cause })
    })
  }
  if (!existsSync(python))
    await attempt('python3', ['-m', 'venv', '--clear', venv], 'python3 or its module venv is missing.')
  await attempt(
    python,
    ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '-r', requirements],
    'pip cannot install the packages of test/django/requirements-project.txt.',
  )
  return python
}

/**
 * Starts the Django project with an empty SQLite database.
 * @param lifetime of access tokens, in seconds
 * @param environment further variables that settings.py reads
 * @returns also the path of the database
 */
export async function startDjango(
  python: string,
  lifetime: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<System & { database: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-django-'))
  const port = await findFreePort()
  const env = {
    ...process.env,
    PROJECT_FOLDER: folder,
    ACCESS_TOKEN_SECONDS: String(lifetime),
    DJANGO_SETTINGS_MODULE: 'settings',
    PYTHONDONTWRITEBYTECODE: '1',
    ...environment,
  }
  const options = { cwd: project, env }
  await run(python, ['-m', 'django', 'migrate', '--run-syncdb'], options)
  const command = ['-m', 'django', 'runserver', '--noreload', `127.0.0.1:${port}`]
  const server = spawn(python, command, { ...options, stdio: 'ignore' })
  const change = (sql: string, email: string) => {
    const database = new DatabaseSync(join(folder, 'db.sqlite3'), { enableForeignKeyConstraints: false })
    database.prepare(sql).run(email)
    database.close()
    return Promise.resolve()
  }
  const url = `http://127.0.0.1:${port}`
  await untilReady(url)
  return {
    name: 'django',
    url,
    database: join(folder, 'db.sqlite3'),
    mails: join(folder, 'mails'),
    suspend: (email) => change('update accounts_user set is_active = 0 where email = ?', email),
    remove: (email) => change('delete from accounts_user where email = ?', email),
    async stop() {
      server.kill()
      await once(server, 'exit')
      await rm(folder, { recursive: true })
    },
  }
}

async function untilReady(url: string): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until;) {
    const isReady = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isReady) return
    await sleep(100)
  }
  throw new StartError('The Django project did not start within 30 s.')
}
