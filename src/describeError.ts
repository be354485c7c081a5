/** A database's error names a row's values in its detail, and more of them elsewhere: these members have none (security 80). */
const harmless = ['code', 'severity', 'table', 'column', 'constraint', 'routine', 'syscall', 'address', 'port'] as const

/** An error as it may be logged: what it is and where it came from, none of the values it is about. */
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
