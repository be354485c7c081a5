import ipaddr from 'ipaddr.js'

/** Who counts as one network: an IPv4 address, or the /64 of an IPv6 address (security 56). */
export function networkOf(ipAddress: string): string {
  return prefixOf(ipAddress, 64)
}

/** Who may have many networks: an IPv4 address, or the /48 of an IPv6 address, which is what a provider gives to a site (security 105). */
export function siteOf(ipAddress: string): string {
  return prefixOf(ipAddress, 48)
}

function prefixOf(ipAddress: string, bits: 48 | 64): string {
  if (!ipaddr.isValid(ipAddress)) return ipAddress
  const address = ipaddr.process(ipAddress) // an IPv4 address that is written as IPv6 is an IPv4 address
  if (address.kind() === 'ipv4') return address.toString()
  return `${address
    .toNormalizedString()
    .split(':', bits / 16)
    .join(':')}::/${bits}`
}
