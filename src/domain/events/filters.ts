import { parseIpAddress } from '../ipAddress.ts'
import { Problem } from '../../problems.ts'

/** The filters that all logs have in common, converted to the parameters of SQL statements. */
export type LogFilter = { after: string; before: string; ipAddress: string | null; userAgent: string }
type LogQuery = { timestamp_after?: string; timestamp_before?: string; ip_address?: string; user_agent?: string }

/** Converts the query parameters of a request to a filter. @throws Problem invalid if an IP address is malformed */
export function toLogFilter({ timestamp_after, timestamp_before, ip_address, user_agent = '' }: LogQuery): LogFilter {
  return {
    after: toTimestamp(timestamp_after) ?? '-infinity',
    before: toTimestamp(timestamp_before) ?? 'infinity',
    ipAddress: ip_address === undefined ? null : requireIpAddress(ip_address),
    userAgent: user_agent,
  }
}

/**
 * Converts a date-time of RFC 3339 to PostgreSQL's format, in UTC and to the microsecond. A year before 1 or after
 * 9999 becomes an infinity, because PostgreSQL writes such years in another way. A leap second becomes the second
 * before it.
 */
export function toTimestamp(text: string | undefined): string | undefined {
  const [, seconds, fraction = '', zone = 'Z'] = /^(.{19})(\.\d+)?(.+)$/.exec(text ?? '') ?? []
  if (seconds === undefined) return undefined
  const date = new Date(
    `${seconds.toUpperCase().replace(' ', 'T').replace(/:60$/, ':59')}${zone.toUpperCase().replace(/^[+-]\d\d$/, '$&:00')}`,
  )
  if (Number.isNaN(date.getTime())) return undefined
  if (date.getUTCFullYear() < 1) return '-infinity'
  if (date.getUTCFullYear() > 9999) return 'infinity'
  return `${date.toISOString().slice(0, 19)}${fraction.slice(0, 7)}Z`
}

/**
 * Returns an IP address in the format in which the database stores it.
 * @throws Problem invalid if the text is not an IP address
 */
export function requireIpAddress(text: string): string {
  const address = parseIpAddress(text)
  if (address !== undefined) return address
  const detail = 'This is not an IPv4 or IPv6 address.'
  throw new Problem('invalid', { errors: [{ parameter: 'ip_address', code: 'format', detail }] })
}
