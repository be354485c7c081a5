import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../problems.ts'
import type { OsUser } from './osUser.ts'
import { hint } from './errors.ts'

/** Names the socket's file; nothing listens on a port. */
export const socketPort = 5432

// The address of a Unix socket has 104 bytes on macOS, 108 on Linux, a final zero included.
const longestPath = 103

const temporary = 'gatehouse-socket-'

/**
 * The folder of the server's socket, which no other user can enter: the cluster's own, which PostgreSQL keeps at mode 0700.
 * Where its path is too long for a socket, a new private folder for temporary files.
 * @throws StartError when no path is short enough
 */
export async function chooseSocketFolder(cluster: string, account: OsUser): Promise<string> {
  if (fits(cluster)) return cluster
  const folder = await mkdtemp(join(tmpdir(), temporary))
  if (!fits(folder)) {
    await rm(folder, { recursive: true })
    throw new StartError(
      `The path ${cluster} is too long for a Unix socket: give DATA_DIR a path of at most 70 characters, or ${hint}.`,
    )
  }
  if (account) await chown(folder, account.uid, account.gid)
  return folder
}

/** Removes the temporary folder of a server that has stopped. */
export async function removeSocketFolder(folder: string, cluster: string): Promise<void> {
  if (folder !== cluster && folder.includes(temporary)) await rm(folder, { recursive: true, force: true })
}

/** The connection URL of a server by the folder of its socket. */
export function socketUrl(folder: string, password: string): string {
  return `postgres://gatehouse:${password}@${encodeURIComponent(folder)}:${socketPort}/gatehouse`
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${socketPort}`)) <= longestPath
}
