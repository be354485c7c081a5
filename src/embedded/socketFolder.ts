import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../problems.ts'
import type { OsUser } from './osUser.ts'
import { externalDatabaseHint } from './errors.ts'

/** The number in the file name of the Unix socket. The server does not listen on a TCP port. */
export const socketPort = 5432

// The path of a Unix socket has at most 104 bytes on macOS and 108 on Linux, including a final zero.
const maxPathLength = 103

const temporaryPrefix = 'gatehouse-socket-'

/**
 * Chooses a folder for the server's socket that no other user can enter: the cluster's folder, which PostgreSQL keeps
 * at mode 0700, or a new private temporary folder when that path is too long for a socket.
 * @throws StartError when no path is short enough
 */
export async function chooseSocketFolder(cluster: string, account: OsUser): Promise<string> {
  if (fits(cluster)) return cluster
  const folder = await mkdtemp(join(tmpdir(), temporaryPrefix))
  if (!fits(folder)) {
    await rm(folder, { recursive: true })
    throw new StartError(
      `The path ${cluster} is too long for a Unix socket: give DATA_DIR a path of at most 70 characters, or ${externalDatabaseHint}.`,
    )
  }
  if (account) await chown(folder, account.uid, account.gid)
  return folder
}

/** Removes the socket folder of a server that has stopped, if it is a temporary one. */
export async function removeSocketFolder(folder: string, cluster: string): Promise<void> {
  if (folder !== cluster && folder.includes(temporaryPrefix)) await rm(folder, { recursive: true, force: true })
}

/** Returns the connection URL of the server whose socket is in a folder. */
export function socketUrl(folder: string, password: string): string {
  return `postgres://gatehouse:${password}@${encodeURIComponent(folder)}:${socketPort}/gatehouse`
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${socketPort}`)) <= maxPathLength
}
