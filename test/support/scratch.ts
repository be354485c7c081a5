import { chooseFolder } from '../../src/sandbox/folder.ts'

/**
 * The folder for the databases of tests. It is in memory if there is enough of it, because ext4 takes more time for
 * thousands of short-lived files than PostgreSQL. A run needs less than 1 GB.
 */
export const scratch = chooseFolder(4 * 1024 ** 3)
