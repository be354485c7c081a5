import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** The server as its own postmaster.pid describes it. */
export type Postmaster = { pid: number; startedAt: string; port: number; socketFolder: string; status: string }

/** Reads `${folder}/postmaster.pid`, which may be left over from a crash. */
export async function parsePostmaster(folder: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  const [pid, , startedAt = '', port, socketFolder = '', , , status = ''] = text.split('\n').map((line) => line.trim())
  return Number(pid) > 0 ? { pid: Number(pid), startedAt, port: Number(port), socketFolder, status } : undefined
}

/**
 * Whether the process with this pid is the server that wrote the file. After a crash, above all in a container, the pid may belong
 * to any other process or thread: its command line says so, where there is a /proc.
 */
export async function isServing(folder: string, { pid, startedAt }: Postmaster): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  if (line === undefined) return true
  const args = line.split('\0')
  // The children of a server call themselves "postgres: checkpointer" and the like.
  if (!/(^|\/)postgres$/.test(args[0] ?? '')) return false
  return !(await servesAnother(folder, args[args.indexOf('-D') + 1] ?? '', { pid, startedAt }))
}

/** A server whose own folder, with a postmaster.pid of its own, is another one. A copied or moved folder's is the same file. */
async function servesAnother(
  folder: string,
  claimed: string,
  { pid, startedAt }: Pick<Postmaster, 'pid' | 'startedAt'>,
): Promise<boolean> {
  const other = await realpath(claimed).catch(() => folder)
  if (other === folder) return false
  const own = await parsePostmaster(other)
  return own !== undefined && own.pid === pid && own.startedAt !== startedAt
}

/** The server that runs on the folder now; undefined: none does, whatever a postmaster.pid from a crash says. */
export async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const found = await parsePostmaster(folder)
  return found && (await isServing(folder, found)) ? found : undefined
}
