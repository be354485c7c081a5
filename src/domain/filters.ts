import { isIP } from 'node:net'
import { Problem } from '../problems.ts'

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

/** @throws Problem invalid when it is not an IP address */
export function requireIpAddress(text: string): string {
  if (isIP(text) === 0) {
    const detail = 'This is not an IPv4 or IPv6 address.'
    throw new Problem('invalid', { errors: [{ parameter: 'ip_address', code: 'format', detail }] })
  }
  return text.replace(/^::ffff:(?=\d+\.)/i, '') // stored as the IPv4 address that it is
}
