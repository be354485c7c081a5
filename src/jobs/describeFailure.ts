import { Problem } from '../problems.ts'

const maxLength = 1000

/**
 * The reason for the operator, without control characters, any mailed code or address: it stays in the queue and in the
 * log, where no erasure reaches it.
 */
export function describeFailure(failure: unknown): string {
  const error = failure instanceof Problem ? rootOf(failure) : failure
  const text = error instanceof Error ? error.message || error.name : String(error)
  const prefix = error instanceof Error && 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : ''
  return `${prefix}${text}`
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/code=[\w-]+/g, 'code=…')
    .replace(/[^\s<>()[\]:;,"'=]+@[^\s<>()[\]:;,"'=]+/g, '…')
    .slice(0, maxLength)
}

/** A Problem says what its requester may know; the database's own words are at the root of it. */
function rootOf(problem: Problem): unknown {
  let root: unknown = problem
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  return root
}
