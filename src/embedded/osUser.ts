import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../problems.ts'
import { hint } from './errors.ts'

/** Whom initdb and postgres run as; undefined: as ourselves, because we are not root. */
export type OsUser = { uid: number; gid: number; name: string } | undefined

type Mode = { uid: number; gid: number; mode: number }

const run = promisify(execFile)
const systemUser = 'gatehouse'

/** Root's own folder for what the system user cannot reach elsewhere; open whatever the umask. */
export async function makeSharedFolder(name: string): Promise<string> {
  const top = '/var/lib/gatehouse'
  const folder = join(top, name)
  await mkdir(folder, { recursive: true })
  for (const path of [top, folder]) await chmod(path, 0o755)
  return folder
}

async function findUser(name: string) {
  return (await users()).find((user) => user.name === name)
}

async function users(): Promise<{ name: string; uid: number; gid: number }[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text.split('\n').map((line) => {
    const [name = '', , uid, gid] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  })
}

export async function userName(uid: number): Promise<string> {
  return (await users()).find((user) => user.uid === uid)?.name ?? `uid ${uid}`
}

/**
 * Chooses whom PostgreSQL runs as, which refuses root: the owner of the cluster, so that one `sudo npm …` does not take a normal
 * user's away, else the system user gatehouse, which is created. `nobody` is not enough: every process that runs as nobody
 * could rewrite pg_hba.conf (security 98).
 */
export async function chooseOsUser(cluster: Mode | undefined): Promise<OsUser> {
  if (process.getuid?.() !== 0) return undefined
  if (cluster && cluster.uid !== 0 && cluster.uid !== (await findUser('nobody'))?.uid)
    return { uid: cluster.uid, gid: cluster.gid, name: await userName(cluster.uid) }
  return (await findUser(systemUser)) ?? (await createSystemUser())
}

/** initdb needs an entry in /etc/passwd. @throws StartError where none can be made */
async function createSystemUser(): Promise<OsUser> {
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin']
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  const failure = await run('useradd', [...options, systemUser], { env }).then(
    () => undefined,
    (error: unknown) => (error as { stderr?: string }).stderr?.trim() || (error as Error).message,
  )
  const user = await findUser(systemUser) // another start may have been quicker
  if (user) return user
  const problem = `PostgreSQL refuses to run as root, and the user ${systemUser} cannot be created (${failure ?? 'no entry'})`
  throw new StartError(`${problem}: create it, start Gatehouse as a normal user, or ${hint}.`)
}

/** Gives the files of a cluster that a release before 0.4.0 left to nobody to the account. Links are not followed. */
export async function takeOver(folder: string, owner: number, account: OsUser): Promise<void> {
  if (!account || owner !== (await findUser('nobody'))?.uid) return
  await run('chown', ['-R', '-h', '-P', `${account.uid}:${account.gid}`, folder])
}

/** Whether the mode bits give the account all of `wanted` (4 read, 1 enter or execute). */
export function allows(account: NonNullable<OsUser>, { uid, gid, mode }: Mode, wanted: number): boolean {
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}

/** The first folder on the way down to `path` that the account cannot enter. */
export async function barrier(path: string, account: OsUser): Promise<string | undefined> {
  if (!account) return undefined
  const way = [await realpath(path)]
  for (let folder = way[0] ?? '/'; folder !== '/'; folder = dirname(folder)) way.unshift(dirname(folder))
  for (const folder of way) if (!allows(account, await stat(folder), 1)) return folder
  return undefined
}
