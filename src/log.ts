import { pino, type DestinationStream, type Logger } from 'pino'

/**
 * The members of an error that never contain a value of a database row. PostgreSQL names such values in `detail` and
 * other members (security 80).
 */
const harmless = ['code', 'severity', 'table', 'column', 'constraint', 'routine', 'syscall', 'address', 'port'] as const

/** Makes the service's log. It has one JSON object a line, and describes errors with describeError. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino({ level, serializers: { err: describeError } }, destination)
}

/**
 * Describes an error for a log: its type, message, stack and causes, without the values of its database row (security
 * 80).
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const members = harmless.flatMap((name) =>
    name in error ? [[name, (error as unknown as Record<string, unknown>)[name]]] : [],
  )
  return {
    type: error.name,
    message: error.message,
    ...(Object.fromEntries(members) as object),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
