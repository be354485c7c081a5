import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, lstat, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { StartError } from '../problems.ts'
import { type OsUser, barrier, chooseOsUser, makeSharedFolder, takeOver, userName } from './osUser.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { createCluster, linkCluster } from './cluster.ts'
import { hint } from './errors.ts'
import { claimRecord, readRecord } from './record.ts'
import { readPostmaster } from './postmaster.ts'

/** A cluster ready to be started: where it is, and what it takes to run it. */
export type PreparedCluster = {
  dataDir: string
  folder: string
  log: string
  account: OsUser
  binaries: Binaries
  notice: string | undefined
}

type Cluster = { folder: string; stats: Stats }

/** `sync` off: a test's cluster, which need not survive a power cut. */
export async function prepareCluster(given: string, sync: boolean): Promise<PreparedCluster> {
  await makeDataDir(resolve(given))
  const dataDir = await realpath(resolve(given))
  const link = join(dataDir, 'postgres')
  const found = await findCluster(link)
  const account = await chooseOsUser(found?.stats)
  if (found) await prepareFormer(found, account)
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
    notice: describeUnusual(folder, link, account),
  }
}

async function makeDataDir(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch(async (error: unknown) => {
    // Node's recursive mkdir calls a read-only file system ENOENT: the nearest folder there is says what is wrong.
    let above = dirname(path)
    while (!(await stat(above).catch(() => undefined)) && above !== '/') above = dirname(above)
    await access(above, constants.W_OK)
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
  // A new cluster here would look like lost data.
  if (folder === undefined) {
    throw new StartError(`${path} points to a folder that is gone: bring that back, or remove ${path} to begin anew.`)
  }
  return { folder, stats: await stat(folder) }
}

/** A release before 0.4.0 listened on TCP, and as root it ran PostgreSQL as nobody. */
async function prepareFormer({ folder, stats }: Cluster, account: OsUser): Promise<void> {
  const running = await readPostmaster(folder)
  if (!running) await takeOver(folder, stats.uid, account)
  else if (running.socketFolder === '') {
    const problem = `The PostgreSQL on ${folder} (process ${running.pid}) was started by an earlier release`
    const way = `stop that Gatehouse, or end a PostgreSQL that it left behind by kill -INT ${running.pid}`
    throw new StartError(`${problem}: ${way}.`)
  }
}

async function checkAccess({ folder, stats }: Cluster, account: OsUser): Promise<void> {
  if (!stats.isDirectory()) throw new StartError(`${folder} should be PostgreSQL's folder and is a file: move it away.`)
  const wanted = account?.uid ?? process.getuid?.()
  if (wanted !== undefined && stats.uid !== wanted) {
    const [owner, user] = [await userName(stats.uid), await userName(wanted)]
    const way = `start Gatehouse as the user who did so before, or give the folder away (chown -R ${user} ${folder})`
    throw new StartError(`The database in ${folder} belongs to ${owner}, so ${user} cannot run it: ${way}.`)
  }
  const closed = await barrier(dirname(folder), account)
  if (closed !== undefined && account) {
    const why = `${account.name} runs PostgreSQL because root may not, and cannot enter ${closed}`
    throw new StartError(`The database in ${folder} is out of reach (${why}): open that folder (chmod o+x ${closed}).`)
  }
}

async function findPassword(dataDir: string, cluster: Cluster | undefined): Promise<string> {
  const record = await readRecord(dataDir)
  if (record) return record.password
  if (!cluster) return (await claimRecord(dataDir)).password
  const file = join(dataDir, 'postgres.json')
  throw new StartError(
    `${file}, which holds the password of the database in ${cluster.folder}, is missing: restore it.`,
  )
}

async function chooseFolder(link: string, account: OsUser, password: string): Promise<string> {
  const dataDir = dirname(link)
  if ((await barrier(dataDir, account)) === undefined) return link
  // The password is in the hash so that a DATA_DIR made anew at the same path does not find the old one's data.
  const hash = createHash('sha256').update(`${dataDir}\0${password}`).digest('hex').slice(0, 12)
  return join(await makeSharedFolder(hash), 'postgres')
}

async function checkVersion(folder: string, { major }: Binaries): Promise<void> {
  const found = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (found === undefined) {
    const way = 'restore it from a backup, or remove it to begin anew'
    throw new StartError(`${folder} is not a PostgreSQL database (it has no readable PG_VERSION): ${way}.`)
  }
  if (found.trim() === major) return
  const problem = `The database in ${folder} was made by PostgreSQL ${found.trim()}, and this Gatehouse brings ${major}`
  const way = `run the Gatehouse that made it, dump, and restore into an empty DATA_DIR, or ${hint}`
  throw new StartError(`${problem}: ${way}.`)
}

function describeUnusual(folder: string, link: string, account: OsUser): string | undefined {
  if (folder === link) return undefined
  const user = account?.name ?? 'its user'
  return `The database is kept in ${folder} (linked from ${link}), because PostgreSQL does not run as root and ${user} cannot enter ${dirname(link)}.`
}
