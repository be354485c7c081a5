import { BackendTerminatedError, BackendTerminatedUnexpectedlyError, ConnectionError } from 'slonik'
import { Problem } from '../problems.ts'

const outageClasses = [BackendTerminatedError, BackendTerminatedUnexpectedlyError, ConnectionError]

// The SQLSTATEs of an unavailable database: 08 connection, 25006 read only, 25P0x time-outs of transactions, 53
// resources (disk full, too many connections), 55P03 lock time-out, 57014 statement time-out, 57P shutdown.
const outageState = /^(08|25006|25P0[34]|53|55P03|57014|57P)/

// The codes of Node's errors for a server or a network that cannot be reached.
const outageSystemCode =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN)$/

// The codes of a failed connection to a Unix socket whose file does not exist yet or whose queue is full. Other errors
// with these codes are about files, so these codes count only if an attempt to connect has failed.
const outageSocketCode = /^(ENOENT|EAGAIN)$/

// The messages of pg's and Slonik's errors for their own time-outs and for lost connections, which have no code.
const outageMessage =
  /^(timeout expired|Query read timeout|Connection terminated|Client (has encountered|was closed|is (pending destroy|destroyed))|There was an error establishing)/

/** Returns the SQLSTATE or the system's error code from the causes of a driver's error. */
export function errorCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
    if (cause instanceof AggregateError && cause.errors.length > 0) return errorCode(cause.errors[0])
  }
  return undefined
}

/** Whether an error means that the database cannot be used now but may be usable later. The root cause decides. */
export function isOutage(error: unknown): boolean {
  const code = errorCode(error)
  if (code === undefined) return outageMessage.test(rootMessage(error))
  return outageState.test(code) || outageSystemCode.test(code) || (isConnectError(error) && outageSocketCode.test(code))
}

/** Whether an attempt to connect has failed. The code of such an error, for example EACCES, is about the socket. */
export function isConnectError(error: unknown): boolean {
  const root = findRootCause(error)
  return root instanceof Error && 'syscall' in root && root.syscall === 'connect'
}

/**
 * Converts an error to the problem `unavailable` if it shows that the database cannot be used at the moment. Other
 * errors stay as they are.
 */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof Problem) return error
  const isLost = outageClasses.some((kind) => error instanceof kind) || isOutage(error)
  return isLost ? new Problem('unavailable', { cause: error }) : error
}

/** Returns the message of PostgreSQL or of the operating system, from the root cause of a driver's error. */
export function rootMessage(error: unknown): string {
  const root = findRootCause(error)
  return root instanceof Error ? root.message : String(root)
}

function findRootCause(error: unknown): unknown {
  let root = error
  for (;;) {
    if (root instanceof AggregateError && root.errors.length > 0) root = root.errors[0]
    else if (root instanceof Error && root.cause instanceof Error) root = root.cause
    else return root
  }
}
