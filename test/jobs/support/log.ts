import type { Log } from '../../../src/jobs/log.ts'

/** A log that keeps what it is told. */
export function keepLog() {
  const lines: { level: keyof Log; message: string; [field: string]: unknown }[] = []
  const at = (level: keyof Log) => (fields: object, message: string) => {
    lines.push({ ...fields, level, message })
  }
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { log, lines }
}
