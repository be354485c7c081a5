import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, lstat, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StartError } from '../problems.ts'
import {
  type OsUser,
  findClosedFolder,
  chooseOsUser,
  makeSharedFolder,
  chownFormerCluster,
  findUserName,
} from './osUser.ts'
import { type Binaries, findBinaries, locatePackage } from './binaries.ts'
import { createCluster, linkCluster } from './createCluster.ts'
import { externalDatabaseHint } from './errors.ts'
import { readOrCreatePasswordFile, readPasswordFile, requirePasswordFile } from './passwordFile.ts'
import { findRunningServer } from './pidFile.ts'

/** A cluster, and what startServer and connectToServer need to use it. */
export type PreparedCluster = {
  dataDir: string
  folder: string
  log: string
  account: OsUser
  binaries: Binaries
  notice: string | undefined
}

type Cluster = { folder: string; stats: Stats }

/**
 * Finds or creates the cluster of a DATA_DIR, and checks that this process can start it.
 * @param sync false for a test's cluster, which does not have to survive a power failure
 * @throws StartError when the cluster can be neither found nor created, or cannot be started
 */
export async function prepareCluster(path: string, sync: boolean): Promise<PreparedCluster> {
  locatePackage() // first, because a container without the package has no writable DATA_DIR either
  await makeDataDir(resolve(path))
  const dataDir = await realpath(resolve(path))
  const link = join(dataDir, 'postgres')
  const found = await findCluster(link)
  const account = await chooseOsUser(found?.stats)
  if (found) await upgradeFormerCluster(found, account)
  const cluster = await findCluster(link)
  if (cluster) await checkAccess(cluster, account)
  await access(dataDir, constants.W_OK)
  const binaries = await findBinaries(account, dataDir)
  const password = await findPassword(dataDir, cluster)
  const folder = cluster?.folder ?? (await chooseFolder(link, account, password))
  if (!cluster && !(await findCluster(folder))) await createCluster(folder, { binaries, account, password, sync })
  if (folder !== link) await linkCluster(folder, link)
  await checkVersion(folder, binaries)
  return {
    dataDir,
    folder,
    log: join(dataDir, 'postgres.log'),
    account,
    binaries,
    notice: describeUnusualFolder(folder, link, account),
  }
}

async function makeDataDir(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch(async (error: unknown) => {
    // On a read-only file system Node's recursive mkdir reports ENOENT. The nearest existing folder gives the reason.
    let nearest = dirname(path)
    while (!(await stat(nearest).catch(() => undefined)) && nearest !== '/') nearest = dirname(nearest)
    await access(nearest, constants.W_OK)
    throw error
  })
}

async function findCluster(path: string): Promise<Cluster | undefined> {
  const entry = await lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (!entry) return undefined
  const folder = await realpath(path).catch(() => undefined)
  // The link points to a missing folder. A new cluster there would look like an empty database.
  if (folder === undefined) {
    const hint = `restore that folder, or remove ${path} to start with an empty database`
    throw new StartError(`${path} points to a folder that does not exist: ${hint}.`)
  }
  return { folder, stats: await stat(folder) }
}

/** Adapts a cluster of a release before 0.4.0: it listened on TCP, and for root it ran as the user `nobody`. */
async function upgradeFormerCluster({ folder, stats }: Cluster, account: OsUser): Promise<void> {
  const running = await findRunningServer(folder)
  if (!running) await chownFormerCluster(folder, stats.uid, account)
  else if (running.listenAddress !== '') {
    const problem = `The PostgreSQL on ${folder} (process ${running.pid}) was started by an earlier release`
    const hint = `stop that Gatehouse; if only its PostgreSQL is still running, end that by kill -INT ${running.pid}`
    throw new StartError(`${problem}: ${hint}.`)
  }
}

async function checkAccess({ folder, stats }: Cluster, account: OsUser): Promise<void> {
  if (!stats.isDirectory()) throw new StartError(`${folder} is a file, but must be PostgreSQL's folder: move it away.`)
  const wanted = account?.uid ?? process.getuid?.()
  if (wanted !== undefined && stats.uid !== wanted) {
    const [owner, user] = [await findUserName(stats.uid), await findUserName(wanted)]
    const hint = `start Gatehouse as the same user as before, or change the owner of the folder (chown -R ${user} ${folder})`
    throw new StartError(`The database in ${folder} belongs to ${owner}, so ${user} cannot run it: ${hint}.`)
  }
  const closedFolder = await findClosedFolder(dirname(folder), account)
  if (closedFolder !== undefined && account) {
    const why = `${account.name} runs PostgreSQL because root may not, and cannot enter ${closedFolder}`
    throw new StartError(
      `The database in ${folder} cannot be used (${why}): let that user enter the folder (chmod o+x ${closedFolder}).`,
    )
  }
}

/**
 * Reads the password of an existing cluster, or creates the password of a new cluster. An existing cluster without a
 * password file is an error, because PostgreSQL would not accept a new password.
 */
async function findPassword(dataDir: string, cluster: Cluster | undefined): Promise<string> {
  if (cluster) return (await requirePasswordFile(dataDir)).password
  return ((await readPasswordFile(dataDir)) ?? (await readOrCreatePasswordFile(dataDir))).password
}

async function chooseFolder(link: string, account: OsUser, password: string): Promise<string> {
  const dataDir = dirname(link)
  if ((await findClosedFolder(dataDir, account)) === undefined) return link
  // The hash includes the password, so that a new DATA_DIR does not use the cluster of a deleted one at its path.
  const hash = createHash('sha256').update(`${dataDir}\0${password}`).digest('hex').slice(0, 12)
  return join(await makeSharedFolder(hash), 'postgres')
}

async function checkVersion(folder: string, { major }: Binaries): Promise<void> {
  const found = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (found === undefined) {
    const hint = 'restore it from a backup, or remove it to start with an empty database'
    throw new StartError(`${folder} is not a PostgreSQL database (it has no readable PG_VERSION): ${hint}.`)
  }
  if (found.trim() === major) return
  const problem = `The database in ${folder} was made by PostgreSQL ${found.trim()}, and this Gatehouse has ${major}`
  const hint = `dump it with the Gatehouse release that made it and restore the dump into an empty DATA_DIR, or ${externalDatabaseHint}`
  throw new StartError(`${problem}: ${hint}.`)
}

function describeUnusualFolder(folder: string, link: string, account: OsUser): string | undefined {
  if (folder === link) return undefined
  const user = account?.name ?? 'its user'
  return `The database is kept in ${folder} (linked from ${link}), because PostgreSQL does not run as root and ${user} cannot enter ${dirname(link)}.`
}
