import ipaddr from 'ipaddr.js'

/**
 * Returns the network by which the limits count a client: an IPv4 address, or the /64 of an IPv6 address (security
 * 56). Devices and sessions are compared by a wider network, the /24 of an IPv4 address: `network_of` in the
 * migrations.
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

function prefixOf(ipAddress: string, bits: 48 | 64): string {
  if (!ipaddr.isValid(ipAddress)) return ipAddress
  const address = ipaddr.process(ipAddress) // reads an IPv4-mapped IPv6 address as IPv4
  if (address.kind() === 'ipv4') return address.toString()
  return `${address
    .toNormalizedString()
    .split(':', bits / 16)
    .join(':')}::/${bits}`
}
