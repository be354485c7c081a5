import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** The description of a running server, which the server writes to postmaster.pid. */
export type ServerProcess = {
  pid: number
  startedAt: string
  port: number
  /** Empty while the server is starting, and if it has no Unix socket. */
  socketFolder: string
  /** Empty while the server is starting, and if it does not listen on TCP. */
  listenAddress: string
  status: string
}

/**
 * Reads `${folder}/postmaster.pid`. The file remains after a crash, so its existence does not prove that the server
 * is running.
 */
export async function readPidFile(folder: string): Promise<ServerProcess | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n').map((line) => line.trim())
  const [pid, , startedAt = '', port, socketFolder = '', listenAddress = '', , status = ''] = lines
  if (!(Number(pid) > 0)) return undefined
  return { pid: Number(pid), startedAt, port: Number(port), socketFolder, listenAddress, status }
}

/**
 * Whether the process with this pid is the server that wrote the file. After a crash the pid may belong to any other
 * process or thread, most often in a container. Therefore the command line of the process is checked on systems with
 * /proc.
 */
export async function isRunning(folder: string, { pid, startedAt }: ServerProcess): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  if (line === undefined) return true
  const args = line.split('\0')
  // The child processes of a server have command lines such as "postgres: checkpointer" and do not match.
  if (!/(^|\/)postgres$/.test(args[0] ?? '')) return false
  return !(await isServerOfAnotherFolder(folder, args[args.indexOf('-D') + 1] ?? '', { pid, startedAt }))
}

/**
 * Whether the process is the server of another cluster: the folder on its command line then contains a postmaster.pid
 * with other content. After a cluster was copied or moved, both files are the same.
 */
async function isServerOfAnotherFolder(
  folder: string,
  claimed: string,
  { pid, startedAt }: Pick<ServerProcess, 'pid' | 'startedAt'>,
): Promise<boolean> {
  const other = await realpath(claimed).catch(() => folder)
  if (other === folder) return false
  const found = await readPidFile(other)
  return found !== undefined && found.pid === pid && found.startedAt !== startedAt
}

/** Returns the server that runs on the cluster in the folder, or undefined when no server is running. */
export async function findRunningServer(folder: string): Promise<ServerProcess | undefined> {
  const found = await readPidFile(folder)
  return found && (await isRunning(folder, found)) ? found : undefined
}
