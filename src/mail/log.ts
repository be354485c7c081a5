/** What the mail room asks of a pino logger. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
