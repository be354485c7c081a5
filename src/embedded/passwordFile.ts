import { randomBytes } from 'node:crypto'
import { chown, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../problems.ts'

/**
 * The content of `${dataDir}/postgres.json`: the password of the database role gatehouse. While the service changes
 * the password, the file has the old and the next password, so that after a crash one of the two is valid.
 */
export type Passwords = { password: string; nextPassword?: string }

export const newPassword = () => randomBytes(24).toString('base64url')

const pathOf = (dataDir: string) => join(dataDir, 'postgres.json')

export async function readPasswordFile(dataDir: string): Promise<Passwords | undefined> {
  const text = await readFile(pathOf(dataDir), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as Partial<Passwords> | null
    if (typeof value?.password === 'string') return value as Passwords
  } catch {
    // The error of an unreadable file is thrown below.
  }
  throw new StartError(
    `${pathOf(dataDir)} does not contain the password of the embedded database: restore it from a backup.`,
  )
}

/** Reads the password file. @throws StartError when the file is missing */
export async function requirePasswordFile(dataDir: string): Promise<Passwords> {
  const record = await readPasswordFile(dataDir)
  if (!record)
    throw new StartError(
      `${pathOf(dataDir)}, which contains the password of the database, is missing: restore it from a backup.`,
    )
  return record
}

/**
 * Reads the password file, or creates it with a random password. Two processes that start at the same time get the
 * same password, so that both can use the cluster that one of them creates.
 */
export async function readOrCreatePasswordFile(dataDir: string): Promise<Passwords> {
  const draft = await writeDraft(dataDir, { password: newPassword() })
  await link(draft, pathOf(dataDir)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
  await rm(draft)
  const record = await readPasswordFile(dataDir)
  if (!record) throw new StartError(`${pathOf(dataDir)} was deleted while Gatehouse was starting: start it again.`)
  return record
}

export async function replacePasswordFile(dataDir: string, record: Passwords): Promise<void> {
  await rename(await writeDraft(dataDir, record), pathOf(dataDir))
}

async function writeDraft(dataDir: string, record: Passwords): Promise<string> {
  const draft = `${pathOf(dataDir)}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(record)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chownToDataDirOwner(draft, dataDir)
    return draft
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** Makes the owner of DATA_DIR the owner of a file that root has created in it. */
export async function chownToDataDirOwner(path: string, dataDir: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(dataDir)
  if (uid !== 0) await chown(path, uid, gid)
}
