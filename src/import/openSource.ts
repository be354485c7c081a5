import { open } from 'node:fs/promises'
import { StartError } from '../problems.ts'
import { openDump } from './dumpSource.ts'
import { openPostgres } from './postgresSource.ts'
import { openSqlite } from './sqliteSource.ts'
import type { Source } from './source.ts'

const sqliteHeader = 'SQLite format 3\0'

/**
 * Opens a database to import from.
 * @param from the URL of a PostgreSQL database, or the path of a SQLite database or of the JSON of dumpdata
 * @throws StartError if it cannot be read
 */
export async function openSource(from: string): Promise<Source> {
  if (/^postgres(ql)?:\/\//i.test(from)) return openPostgres(from)
  if (/^\w+:\/\//.test(from))
    throw new StartError('--from takes the URL of a PostgreSQL database or a file: import other databases by dumpdata.')
  const beginning = await readBeginning(from)
  return beginning === sqliteHeader ? openSqlite(from) : openDump(from)
}

async function readBeginning(file: string): Promise<string> {
  try {
    await using handle = await open(file)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(sqliteHeader.length), 0, sqliteHeader.length, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } catch (error) {
    throw new StartError(`--from cannot be read: ${(error as Error).message}`)
  }
}
