import { chmod, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StartError } from '../../problems.ts'
import { wayOut } from './faults.ts'

/** Whom initdb and postgres run as; undefined: as ourselves, because we are not root. */
export type Account = { uid: number; gid: number; name: string } | undefined

type Mode = { uid: number; gid: number; mode: number }

/** Root's own folder for what `nobody` cannot reach elsewhere; open whatever the umask. */
export async function makeSharedFolder(name: string): Promise<string> {
  const top = '/var/lib/gatehouse'
  const folder = join(top, name)
  await mkdir(folder, { recursive: true })
  for (const path of [top, folder]) await chmod(path, 0o755)
  return folder
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

/** PostgreSQL refuses root, and initdb a user without an entry in /etc/passwd; `nobody` has one nearly everywhere. */
export async function chooseAccount(cluster: Mode | undefined): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined
  // A normal user's cluster stays that user's, so that one `sudo npm …` does not take it away.
  if (cluster && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid, name: await userName(cluster.uid) }
  const nobody = (await users()).find((user) => user.name === 'nobody')
  if (nobody) return nobody
  const problem = 'PostgreSQL refuses to run as root and this system has no user nobody to run it as'
  throw new StartError(`${problem}: start Gatehouse as a normal user, or ${wayOut}.`)
}

/** Whether the mode bits give the account all of `wanted` (4 read, 1 enter or execute). */
export function allows(account: NonNullable<Account>, { uid, gid, mode }: Mode, wanted: number): boolean {
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}

/** The first folder on the way down to `path` that the account cannot enter. */
export async function barrier(path: string, account: Account): Promise<string | undefined> {
  if (!account) return undefined
  const way = [await realpath(path)]
  for (let folder = way[0] ?? '/'; folder !== '/'; folder = dirname(folder)) way.unshift(dirname(folder))
  for (const folder of way) if (!allows(account, await stat(folder), 1)) return folder
  return undefined
}
