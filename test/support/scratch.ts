import { accessSync, constants, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const enough = 4 * 1024 ** 3

/**
 * Where tests put databases: in memory if there is plenty, for ext4 spends more on thousands of files that come and go than
 * PostgreSQL does. A run needs less than 1 GB of it.
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
