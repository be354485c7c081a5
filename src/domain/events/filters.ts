import { parseIpAddress } from '../ipAddress.ts'
import { Problem } from '../../problems.ts'

/** The filters that all logs have, as their queries take them. */
export type LogFilter = { after: string; before: string; ipAddress: string | null; userAgent: string }
type LogQuery = { timestamp_after?: string; timestamp_before?: string; ip_address?: string; user_agent?: string }

/** @throws Problem invalid */
export function toLogFilter({ timestamp_after, timestamp_before, ip_address, user_agent = '' }: LogQuery): LogFilter {
  return {
    after: toMoment(timestamp_after) ?? '-infinity',
    before: toMoment(timestamp_before) ?? 'infinity',
    ipAddress: ip_address === undefined ? null : requireIpAddress(ip_address),
    userAgent: user_agent,
  }
}

/**
 * A date-time of the contract (RFC 3339) as PostgreSQL takes it: in UTC, microseconds kept. What lies before the year 1 or after
 * 9999, where the two disagree about the calendar, becomes an infinity; a leap second becomes the second before it.
 */
export function toMoment(text: string | undefined): string | undefined {
  const [, seconds, fraction = '', zone = 'Z'] = /^(.{19})(\.\d+)?(.+)$/.exec(text ?? '') ?? []
  if (seconds === undefined) return undefined
  const moment = new Date(
    `${seconds.toUpperCase().replace(' ', 'T').replace(/:60$/, ':59')}${zone.toUpperCase().replace(/^[+-]\d\d$/, '$&:00')}`,
  )
  if (Number.isNaN(moment.getTime())) return undefined
  if (moment.getUTCFullYear() < 1) return '-infinity'
  if (moment.getUTCFullYear() > 9999) return 'infinity'
  return `${moment.toISOString().slice(0, 19)}${fraction.slice(0, 7)}Z`
}

/** The address as it is stored. @throws Problem invalid when it is not an IP address */
export function requireIpAddress(text: string): string {
  const address = parseIpAddress(text)
  if (address !== undefined) return address
  const detail = 'This is not an IPv4 or IPv6 address.'
  throw new Problem('invalid', { errors: [{ parameter: 'ip_address', code: 'format', detail }] })
}
