import { isIP } from 'node:net'

/**
 * Parses an IP address and returns its canonical form, so that the login log, its filters, devices and limits can
 * compare IP addresses as text. An IPv6 address is written as in RFC 5952. Its zone is left out, because a zone has a
 * meaning on one host only. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) becomes the IPv4 address. 6to4 and NAT64
 * addresses stay as they are.
 * @returns undefined if the text is not an IP address, or if its numbers have leading zeros
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
