import { execFile } from 'node:child_process'
import { access, chown, mkdtemp, open, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../problems.ts'
import type { OsUser } from './osUser.ts'
import type { Binaries } from './binaries.ts'
import { isDiskFull, diskFullError, externalDatabaseHint } from './errors.ts'

const run = promisify(execFile)

/**
 * Returns the environment of PostgreSQL's programs, without secrets and without PG* settings. LC_ALL makes their
 * messages English.
 */
export const environment = () => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' })

const initdbFlags = [
  '--username=gatehouse',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-instructions',
]

type Plan = { binaries: Binaries; account: OsUser; password: string; sync: boolean }

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * Creates a cluster in a temporary folder next to `folder` and then renames it to `folder`, so that no process finds
 * an incomplete cluster.
 */
export async function createCluster(folder: string, plan: Plan): Promise<void> {
  const parent = dirname(folder)
  await removeStaleFolders(folder)
  const work = await mkdtemp(`${folder}.new-`)
  try {
    const password = join(work, 'password')
    await writeFile(password, plan.password, { mode: 0o600 })
    if (plan.account) for (const path of [work, password]) await chown(path, plan.account.uid, plan.account.gid)
    await initdb(join(work, 'cluster'), password, plan)
    await rename(join(work, 'cluster'), folder).catch(async (error: unknown) => {
      // Another process has created the cluster in the meantime. Both clusters have the same password.
      if (!(await exists(join(folder, 'PG_VERSION')))) throw error
    })
    if (plan.sync) await syncFolder(parent)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function initdb(folder: string, password: string, { binaries, account, sync }: Plan): Promise<void> {
  const { uid, gid } = account ?? {}
  const identity = uid === undefined || gid === undefined ? {} : { uid, gid }
  const args = [...initdbFlags, `--pwfile=${password}`, `--pgdata=${folder}`, ...(sync ? [] : ['--no-sync'])]
  await run(binaries.initdb, args, { cwd: '/', env: environment(), ...identity }).catch((cause: unknown) => {
    throw initdbError(folder, cause as NodeJS.ErrnoException & { stderr?: string }, binaries)
  })
}

function initdbError(folder: string, cause: NodeJS.ErrnoException & { stderr?: string }, { initdb }: Binaries) {
  const output = (cause.stderr ?? '').trim()
  if (isDiskFull(output)) return diskFullError(dirname(dirname(folder)))
  if (typeof cause.code === 'string') return executionError(initdb, cause)
  const line = output.split('\n').findLast((text) => /error|fatal|panic/i.test(text)) ?? output.split('\n').at(-1) ?? ''
  const reason = line.replace(/^initdb: (error: )?/, '')
  const hint = reason.includes('could not look up effective user ID')
    ? 'give that user an entry in /etc/passwd'
    : 'fix that'
  return new StartError(`PostgreSQL's initdb failed (${reason}): ${hint}, or ${externalDatabaseHint}.`, { cause })
}

export function executionError(program: string, cause: NodeJS.ErrnoException): StartError {
  // The program exists, so ENOENT means that its loader, which is part of glibc, is missing.
  const reason = cause.code === 'ENOENT' ? 'this system has no glibc, like Alpine' : (cause.code ?? cause.message)
  return new StartError(`The embedded PostgreSQL's ${program} cannot run here (${reason}): ${externalDatabaseHint}.`, {
    cause,
  })
}

/**
 * Removes the temporary folders of processes that were killed while they created a cluster, at least 10 minutes ago.
 */
async function removeStaleFolders(folder: string): Promise<void> {
  const parent = dirname(folder)
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(folder)}.new-`)) continue
    const { mtimeMs } = await stat(join(parent, name)).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > 600_000) await rm(join(parent, name), { recursive: true, force: true })
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Creates the symbolic link `${dataDir}/postgres` to a cluster in another folder. */
export async function linkCluster(folder: string, link: string): Promise<void> {
  await symlink(folder, link).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
}
