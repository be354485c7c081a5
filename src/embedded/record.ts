import { randomBytes } from 'node:crypto'
import { chown, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../problems.ts'

/**
 * `${dataDir}/postgres.json`: the password of the role gatehouse. While it is being changed both are recorded, so that a crash
 * between the two steps locks no one out.
 */
export type Recorded = { password: string; nextPassword?: string }

export const newPassword = () => randomBytes(24).toString('base64url')

const file = (dataDir: string) => join(dataDir, 'postgres.json')

export async function readRecord(dataDir: string): Promise<Recorded | undefined> {
  const text = await readFile(file(dataDir), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as Partial<Recorded> | null
    if (typeof value?.password === 'string') return value as Recorded
  } catch {
    // Told below.
  }
  throw new StartError(`${file(dataDir)} should hold the password of the embedded database and does not: restore it.`)
}

/** @throws StartError when it is gone */
export async function requireRecord(dataDir: string): Promise<Recorded> {
  const record = await readRecord(dataDir)
  if (!record)
    throw new StartError(`${file(dataDir)}, which holds the password of the database, is missing: restore it.`)
  return record
}

/** One password for whoever comes first, so that of two first starts either one's cluster serves both. */
export async function claimRecord(dataDir: string): Promise<Recorded> {
  const draft = await write(dataDir, { password: newPassword() })
  await link(draft, file(dataDir)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
  await rm(draft)
  const record = await readRecord(dataDir)
  if (!record) throw new StartError(`${file(dataDir)} vanished while Gatehouse was starting: start it again.`)
  return record
}

export async function saveRecord(dataDir: string, record: Recorded): Promise<void> {
  await rename(await write(dataDir, record), file(dataDir))
}

async function write(dataDir: string, record: Recorded): Promise<string> {
  const draft = `${file(dataDir)}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(record)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await giveToOwner(draft, dataDir)
    return draft
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** What root writes into a normal user's folder stays that user's. */
export async function giveToOwner(path: string, dataDir: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(dataDir)
  if (uid !== 0) await chown(path, uid, gid)
}
