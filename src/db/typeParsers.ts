import pg from 'pg'

const timestamp = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d(?::\d\d){0,2})$/

/**
 * Converts PostgreSQL's text of a timestamptz, in any time zone, to ISO 8601 in UTC with six decimal places. The
 * contract requires this format in replies. Sorting such texts sorts them by time.
 * @throws Error for another DateStyle than ISO, because such a text could be misread as another date
 */
export function toIsoUtc(text: string): string {
  if (text === 'infinity' || text === '-infinity') return text
  const [, date, time, digits = '.', offset] = timestamp.exec(text) ?? []
  if (!date || !time || !offset) throw new Error('PostgreSQL sent a timestamp that is not in ISO 8601')
  const fraction = digits.padEnd('.000000'.length, '0')
  if (offset === '+00') return `${date}T${time}${fraction}Z`
  return `${new Date(Date.parse(`${date}T${time}Z`) - parseOffset(offset)).toISOString().slice(0, 19)}${fraction}Z`
}

/** Converts a UTC offset to milliseconds. The offset may contain seconds, as time zones of the 19th century do. */
function parseOffset(offset: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1000 : 1000) * (hours * 3600 + minutes * 60 + seconds)
}

/** Parses int8 to a number, because all values of the service are far below 2^53, and timestamptz to text in UTC. */
export const typeParsers = new pg.TypeOverrides()
typeParsers.setTypeParser(pg.types.builtins.INT8, Number)
typeParsers.setTypeParser(pg.types.builtins.TIMESTAMPTZ, toIsoUtc)
