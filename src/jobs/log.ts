/** The part of a pino logger that the tasks of the worker use. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
