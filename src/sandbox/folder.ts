import { accessSync, constants, statfsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopServer } from '../embedded/serverProcess.ts'

const memory = '/dev/shm'
const enough = 512 * 1024 ** 2 // bytes; a container often has only 64 MB of /dev/shm

/**
 * Makes the folder of a sandbox, in memory if there is enough memory, because creating a cluster writes a thousand
 * small files.
 * @returns the path of the folder, which the caller must remove
 */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(chooseFolder(enough), `gatehouse-sandbox-${process.pid}-`))
  // If root starts the sandbox, the server runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o711)
  return folder
}

/** Returns the folder in memory if it has more than `enough` bytes, and otherwise the temporary folder. */
export function chooseFolder(enough: number): string {
  try {
    accessSync(memory, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(memory)
    return Math.min(bavail * bsize, process.availableMemory()) > enough ? memory : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Stops the servers of sandboxes that were killed, and removes the folders of these sandboxes. */
export async function removeAbandoned(): Promise<void> {
  for (const parent of [memory, tmpdir()]) {
    for (const name of await readdir(parent).catch(() => [])) {
      const [, pid] = /^gatehouse-sandbox-(\d+)-/.exec(name) ?? []
      if (pid === undefined || isAlive(Number(pid))) continue
      const folder = join(parent, name)
      // This process cannot remove the folders of other users, so they stay.
      await stopServer(join(folder, 'postgres')).catch(() => undefined)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined)
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
