import { isIP } from 'node:net'

/**
 * The one spelling of an IP address, so that equal addresses are equal texts: the log, its filters, devices and limits compare it.
 * IPv6 is written as in RFC 5952, without a zone, which means something on one host only. An IPv4-mapped address
 * (RFC 4291, 2.5.5.2) is the IPv4 address that it stands for; 6to4 and NAT64 addresses are addresses of their own.
 * @returns undefined for anything else, digits with leading zeros included
 */
export function parseIpAddress(text: string): string | undefined {
  const version = isIP(text)
  if (version === 0) return undefined
  if (version === 4) return text
  const [withoutZone = ''] = text.split('%', 1)
  const address = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? []
  return high === undefined || low === undefined ? address : [...bytesOf(high), ...bytesOf(low)].join('.')
}

function bytesOf(group: string): number[] {
  const value = parseInt(group, 16)
  return [value >> 8, value & 0xff]
}
