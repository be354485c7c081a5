import { accessSync, constants, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const enough = 4 * 1024 ** 3

/**
 * The folder for the databases of tests. It is in memory if there is enough, because ext4 spends more time on thousands of
 * short-lived files than PostgreSQL does. A run needs less than 1 GB.
 */
export const scratch = isRoomy('/dev/shm') ? '/dev/shm' : tmpdir()

function isRoomy(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    const { bavail, bsize } = statfsSync(folder)
    return Math.min(bavail * bsize, process.availableMemory()) > enough
  } catch {
    return false
  }
}
