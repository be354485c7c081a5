import type { Log } from '../../../src/jobs/log.ts'

/** A log that keeps its lines. */
export function keepLog() {
  const lines: { level: keyof Log; message: string; [field: string]: unknown }[] = []
  const write = (level: keyof Log) => (fields: object, message: string) => {
    lines.push({ ...fields, level, message })
  }
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  return { log, lines }
}
