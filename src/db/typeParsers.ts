import type { DriverTypeParser } from 'slonik'

/** PostgreSQL's text of a timestamptz as ISO 8601 in UTC, microseconds kept, whatever the session's time zone. */
export function toIsoUtc(text: string): string {
  const [, date, time, fraction, offset] = /^(\S+) ([\d:]+)(\.\d+)?([+-].+)$/.exec(text) ?? []
  if (!date || !time || !offset) return text
  if (offset === '+00') return `${date}T${time}${fraction ?? ''}Z`
  const minutes = offset.length === 3 ? ':00' : ''
  return `${new Date(`${date}T${time}${offset}${minutes}`).toISOString().slice(0, 19)}${fraction ?? ''}Z`
}

/** int8 as a number (counts stay far below 2^53), timestamptz as text in UTC. */
export const typeParsers: DriverTypeParser[] = [
  { name: 'int8', parse: Number },
  { name: 'timestamptz', parse: toIsoUtc },
]
