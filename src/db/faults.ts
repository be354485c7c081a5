import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  ConnectionError,
  IdleTransactionTimeoutError,
  StatementCancelledError,
  StatementTimeoutError,
} from 'slonik'
import { Problem } from '../problems.ts'

const lostClasses = [
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  ConnectionError,
  IdleTransactionTimeoutError,
  StatementCancelledError,
  StatementTimeoutError,
]

// SQLSTATE classes 08 connection, 25006 read only, 53 resources (disk full, too many connections), 55P03 lock time-out, 57P shutdown; and Node's own.
const lostCode =
  /^(08|25006|53|55P03|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/

// pg gives its own time-out and a connection that broke no code.
const lostWords = /^(timeout expired|Connection terminated)/

/** The SQLSTATE or system error code at the root of a driver's error. */
export function faultCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at instanceof AggregateError && at.errors.length > 0) return faultCode(at.errors[0])
  }
  return undefined
}

/** A database that cannot serve at the moment is `unavailable`, never `internal`; any other error passes as it is. */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof Problem) return error
  const code = faultCode(error)
  const lost =
    lostClasses.some((kind) => error instanceof kind) ||
    (code === undefined ? lostWords.test(wordsOf(error)) : lostCode.test(code))
  return lost ? new Problem('unavailable', { cause: error }) : error
}

/** PostgreSQL's own words, at the root of a driver's error. */
export function wordsOf(error: unknown): string {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  return root instanceof Error ? root.message : String(root)
}
