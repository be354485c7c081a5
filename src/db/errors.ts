import { BackendTerminatedError, BackendTerminatedUnexpectedlyError, ConnectionError } from 'slonik'
import { Problem } from '../problems.ts'

const lostClasses = [BackendTerminatedError, BackendTerminatedUnexpectedlyError, ConnectionError]

// SQLSTATE classes 08 connection, 25006 read only, 25P0x time-outs of transactions, 53 resources (disk full, too many connections),
// 55P03 lock time-out, 57014 statement time-out, 57P shutdown.
const lostState = /^(08|25006|25P0[34]|53|55P03|57014|57P)/

// Node's codes of a server that is not there, or of a network that is not.
const lostSystemCode =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN)$/

// The same of a Unix socket: its file is not there yet, or its queue is full. Elsewhere these codes speak of files.
const lostSocketCode = /^(ENOENT|EAGAIN)$/

// pg gives its own time-out and a connection that broke no code.
const lostMessage =
  /^(timeout expired|Query read timeout|Connection terminated|Client (has encountered|was closed)|There was an error establishing)/

/** The SQLSTATE or system error code at the root of a driver's error. */
export function errorCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at instanceof AggregateError && at.errors.length > 0) return errorCode(at.errors[0])
  }
  return undefined
}

/** Whether waiting may help: by what is at the root of a driver's error. */
export function isOutage(error: unknown): boolean {
  const code = errorCode(error)
  if (code === undefined) return lostMessage.test(rootMessage(error))
  return lostState.test(code) || lostSystemCode.test(code) || (isOfConnect(error) && lostSocketCode.test(code))
}

/** Whether the system refused to connect: a code such as EACCES then speaks of the socket. */
export function isOfConnect(error: unknown): boolean {
  const root = rootOf(error)
  return root instanceof Error && 'syscall' in root && root.syscall === 'connect'
}

/** A database that cannot serve at the moment is `unavailable`, never `internal`; any other error passes as it is. */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof Problem) return error
  const lost = lostClasses.some((kind) => error instanceof kind) || isOutage(error)
  return lost ? new Problem('unavailable', { cause: error }) : error
}

/** The server's or the system's own words, at the root of a driver's error. */
export function rootMessage(error: unknown): string {
  const root = rootOf(error)
  return root instanceof Error ? root.message : String(root)
}

function rootOf(error: unknown): unknown {
  let root = error
  for (;;) {
    if (root instanceof AggregateError && root.errors.length > 0) root = root.errors[0]
    else if (root instanceof Error && root.cause instanceof Error) root = root.cause
    else return root
  }
}
