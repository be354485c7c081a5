import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../problems.ts'

/**
 * Returns the development key of a DATA_DIR and creates it at the first start. The function writes the key to a
 * temporary file and then links that file to its final name. Of two processes that start at the same time, only one
 * can create the link, so both use the same key.
 * @throws StartError when the file cannot be read or written
 */
export async function readOrCreateDevelopmentKey(dataDir: string): Promise<string> {
  const file = join(dataDir, 'secret_key')
  const existing = await readKey(file)
  if (existing !== undefined) return existing
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  try {
    await mkdir(dataDir, { recursive: true })
    await writeFile(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600 })
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
    await rm(draft)
  } catch (error) {
    throw new StartError(
      `${file} cannot be written (${(error as Error).message}): fix that, set SECRET_KEY, or choose another DATA_DIR.`,
    )
  }
  const agreed = await readKey(file)
  if (agreed === undefined) throw new StartError(`${file} was deleted while it was created: start again.`)
  return agreed
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    const key = (await readFile(file, 'utf8')).trim()
    if (key !== '') return key
  } catch (error) {
    // After ENOTDIR the caller tries to write the file, and that attempt reports the error.
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined
    throw new StartError(
      `${file} cannot be read (${(error as Error).message}): fix its permissions, or set SECRET_KEY.`,
    )
  }
  throw new StartError(`${file} is empty: restore it from a backup, or set SECRET_KEY; a new key needs a new database.`)
}
