import { StartError } from '../problems.ts'

export const externalDatabaseHint = 'set DATABASE_URL to a PostgreSQL of your own (15 to 18)'

/** Matches the code of a system error of Node as well as the messages of initdb and postgres. */
export const isDiskFull = (text: string) => /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/.test(text)

export function diskFullError(path: string): StartError {
  return new StartError(
    `The disk of ${path} is full: free some space there, or give DATA_DIR a folder on another disk.`,
  )
}

/** Explains an error of the embedded database in one sentence for the operator. */
export function toStartError(error: unknown, dataDir: string): StartError {
  if (error instanceof StartError) return error
  const { code = '', path, message } = error as NodeJS.ErrnoException
  const cause = { cause: error }
  const location = path === undefined || path === dataDir ? dataDir : `${dataDir} (${path})`
  if (isDiskFull(code) || isDiskFull(message)) return diskFullError(path ?? dataDir)
  if (code === 'EPERM' && process.getuid?.() === 0) {
    const problem =
      'Root lacks the capabilities CAP_CHOWN and CAP_SETUID here, which it needs to run PostgreSQL as another user'
    return new StartError(`${problem}: start Gatehouse as a normal user, or ${externalDatabaseHint}.`, cause)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const user = process.getuid?.() ?? '?'
    const hint = `make it writable for the user of this process (uid ${user}), or give DATA_DIR another folder`
    return new StartError(`No permission to keep the database in DATA_DIR ${location}: ${hint}.`, cause)
  }
  if (code === 'EROFS') {
    const hint = `give DATA_DIR a writable folder, or ${externalDatabaseHint}`
    return new StartError(`DATA_DIR ${location} is on a read-only file system: ${hint}.`, cause)
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new StartError(
      `DATA_DIR ${location} is a file or a path through a file: give DATA_DIR the path of a folder.`,
      cause,
    )
  }
  return new StartError(
    `The embedded database in ${dataDir} did not start (${message}): fix that, or ${externalDatabaseHint}.`,
    cause,
  )
}
