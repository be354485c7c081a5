import { Problem } from '../problems.ts'

const maxLength = 1000

/**
 * Returns the reason of a failure as one line for the operator, without mailed codes and email addresses: the queue
 * and the log keep it, and an erasure reaches neither. `jobs` holds this function because `mail` may import `jobs`,
 * and both need it.
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

/** A Problem's text is meant for clients. The message of the database is at the end of its chain of causes. */
function rootCause(problem: Problem): unknown {
  let root: unknown = problem
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  return root
}
