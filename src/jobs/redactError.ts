import { Problem } from '../problems.ts'

const maxLength = 1000

/**
 * Returns the reason of a failure as one line for the operator. Mailed codes and email addresses are removed, because
 * the line stays in the queue and the log even after the user is erased. The function is in `jobs` because `jobs` and
 * `mail` both need it: `mail` may import `jobs`, but not the reverse.
 */
export function redactError(failure: unknown): string {
  const error = failure instanceof Problem ? rootCause(failure) : failure
  const text = error instanceof Error ? error.message || error.name : String(error)
  const prefix = error instanceof Error && 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : ''
  return `${prefix}${text}`
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/code=[\w-]+/g, 'code=…')
    .replace(/[^\s<>()[\]:;,"'=]+@[^\s<>()[\]:;,"'=]+/g, '…')
    .slice(0, maxLength)
}

/**
 * Returns the last cause of a problem, which is the error of the database. The text of the problem itself is meant
 * for clients.
 */
function rootCause(problem: Problem): unknown {
  let root: unknown = problem
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  return root
}
