import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Returns the network by which the limits count a client: an IPv4 address, or the /64 of an IPv6 address (security
 * 56).
 */
export function networkOf(ipAddress: string): string {
  return prefixOf(ipAddress, 64)
}

/**
 * Returns the site of a client: an IPv4 address, or the /48 of an IPv6 address, which a provider assigns to one
 * customer (security 105).
 */
export function siteOf(ipAddress: string): string {
  return prefixOf(ipAddress, 48)
}

/**
 * Returns the network by which devices are compared, and which the log shows instead of an IP address: the /24 of an
 * IPv4 address, or the /64 of an IPv6 address. `network_of` in the migrations is the same for PostgreSQL.
 * @param ipAddress an IP address in canonical form, or ''
 */
export function deviceNetworkOf(ipAddress: string): string {
  return isIPv4(ipAddress) ? `${ipAddress.slice(0, ipAddress.lastIndexOf('.'))}.0/24` : prefixOf(ipAddress, 64)
}

function prefixOf(ipAddress: string, bits: 48 | 64): string {
  if (!ipaddr.isValid(ipAddress)) return ipAddress
  const address = ipaddr.process(ipAddress) // reads an IPv4-mapped IPv6 address as IPv4
  if (address.kind() === 'ipv4') return address.toString()
  return `${address
    .toNormalizedString()
    .split(':', bits / 16)
    .join(':')}::/${bits}`
}
