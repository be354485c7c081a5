import { StartError } from '../problems.ts'

export const hint = 'set DATABASE_URL to a PostgreSQL of your own (15 to 18)'

/** The same fault reaches us as an errno of Node's or as words of initdb and postgres. */
export const diskFull = (text: string) => /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/.test(text)

export function diskFullError(place: string): StartError {
  return new StartError(
    `The disk of ${place} is full: free some space there, or give DATA_DIR a folder on another disk.`,
  )
}

/** What stopped the embedded database, as one sentence for the operator. */
export function toStartError(error: unknown, dataDir: string): StartError {
  if (error instanceof StartError) return error
  const { code = '', path, message } = error as NodeJS.ErrnoException
  const cause = { cause: error }
  const where = path === undefined || path === dataDir ? dataDir : `${dataDir} (${path})`
  if (diskFull(code) || diskFull(message)) return diskFullError(path ?? dataDir)
  if (code === 'EPERM' && process.getuid?.() === 0) {
    const problem = 'This root may not act for another user (CAP_CHOWN, CAP_SETUID), whom PostgreSQL needs to run as'
    return new StartError(`${problem}: start Gatehouse as a normal user, or ${hint}.`, cause)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const user = process.getuid?.() ?? '?'
    const way = `make it writable for the user of this process (uid ${user}), or give DATA_DIR another folder`
    return new StartError(`No permission to keep the database in DATA_DIR ${where}: ${way}.`, cause)
  }
  if (code === 'EROFS') {
    const way = `give DATA_DIR a writable folder, or ${hint}`
    return new StartError(`DATA_DIR ${where} is on a read-only file system: ${way}.`, cause)
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new StartError(`DATA_DIR ${where} is or leads through a file: give DATA_DIR the path of a folder.`, cause)
  }
  return new StartError(`The embedded database in ${dataDir} did not start (${message}): mend that, or ${hint}.`, cause)
}
