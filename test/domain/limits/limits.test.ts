import assert from 'node:assert/strict'
import { networkOf, siteOf } from '../../../src/domain/networks.ts'

describe('networkOf (security 56) and siteOf (security 105)', () => {
  const table = [
    ['192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['2001:0DB8:0000:0000:ffff::', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64', '2001:db8:0::/48'],
    ['2001:db8:1:ffff::1', '2001:db8:1:ffff::/64', '2001:db8:1::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48'],
    ['fe80::1', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
  ] as const
  for (const [address, network, site] of table) {
    it(`return the network ${network} and the site ${site} for ${address}`, () => {
      assert.deepEqual([networkOf(address), siteOf(address)], [network, site])
    })
  }
})
