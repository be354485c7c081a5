import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../problems.ts'
import { externalDatabaseHint } from './errors.ts'

/**
 * The operating system user that runs initdb and postgres. If undefined, the user of this process, who is not root,
 * runs these programs.
 */
export type OsUser = { uid: number; gid: number; name: string } | undefined

type FileOwnership = { uid: number; gid: number; mode: number }

const run = promisify(execFile)
const systemUser = 'gatehouse'

/**
 * Creates a folder that root owns and every user can enter. It is for files that the system user gatehouse needs,
 * when that user cannot enter DATA_DIR or the folder of the installation.
 */
export async function makeSharedFolder(name: string): Promise<string> {
  const top = '/var/lib/gatehouse'
  const folder = join(top, name)
  await mkdir(folder, { recursive: true })
  for (const path of [top, folder]) await chmod(path, 0o755)
  return folder
}

async function findUser(name: string) {
  return (await readUsers()).find((user) => user.name === name)
}

async function readUsers(): Promise<{ name: string; uid: number; gid: number }[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text.split('\n').map((line) => {
    const [name = '', , uid, gid] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  })
}

export async function findUserName(uid: number): Promise<string> {
  return (await readUsers()).find((user) => user.uid === uid)?.name ?? `uid ${uid}`
}

/**
 * Chooses the user that runs PostgreSQL when root starts Gatehouse, because PostgreSQL refuses to run as root. The
 * owner of an existing cluster runs the server, so that this owner can still use the cluster after a start with `sudo
 * npm …`. A new cluster belongs to the system user gatehouse, which this function creates if it does not exist. The
 * user nobody is not used, because every process of nobody could rewrite pg_hba.conf (security 98).
 */
export async function chooseOsUser(cluster: FileOwnership | undefined): Promise<OsUser> {
  if (process.getuid?.() !== 0) return undefined
  if (cluster && cluster.uid !== 0 && cluster.uid !== (await findUser('nobody'))?.uid)
    return { uid: cluster.uid, gid: cluster.gid, name: await findUserName(cluster.uid) }
  return (await findUser(systemUser)) ?? (await createSystemUser())
}

/**
 * Creates the system user gatehouse with useradd, because initdb needs an entry in /etc/passwd.
 * @throws StartError when the user cannot be created
 */
async function createSystemUser(): Promise<OsUser> {
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin']
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  const failure = await run('useradd', [...options, systemUser], { env }).then(
    () => undefined,
    (error: unknown) => (error as { stderr?: string }).stderr?.trim() || (error as Error).message,
  )
  const user = await findUser(systemUser) // another process may have created it
  if (user) return user
  const problem = `PostgreSQL refuses to run as root, and the user ${systemUser} cannot be created (${failure ?? 'no entry'})`
  throw new StartError(`${problem}: create it, start Gatehouse as a normal user, or ${externalDatabaseHint}.`)
}

/**
 * Makes the account the owner of a cluster that belongs to the user nobody, because a release before 0.4.0 ran the
 * server as nobody. Symbolic links are not followed.
 */
export async function chownFormerCluster(folder: string, owner: number, account: OsUser): Promise<void> {
  if (!account || owner !== (await findUser('nobody'))?.uid) return
  await run('chown', ['-R', '-h', '-P', `${account.uid}:${account.gid}`, folder])
}

/**
 * Whether the account has an access right to a file or folder.
 * @param wanted the mode bit of the right: 4 to read, 1 to enter a folder or to execute a file
 */
export function hasAccess(account: NonNullable<OsUser>, { uid, gid, mode }: FileOwnership, wanted: number): boolean {
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}

/** Returns the first folder of a path that the account cannot enter. */
export async function findClosedFolder(path: string, account: OsUser): Promise<string | undefined> {
  if (!account) return undefined
  const folders = [await realpath(path)]
  for (let folder = folders[0] ?? '/'; folder !== '/'; folder = dirname(folder)) folders.unshift(dirname(folder))
  for (const folder of folders) if (!hasAccess(account, await stat(folder), 1)) return folder
  return undefined
}
