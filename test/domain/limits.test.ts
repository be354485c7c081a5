import assert from 'node:assert/strict'
import { networkOf } from '../../src/domain/limits.ts'

describe('networkOf (security 56)', () => {
  const table = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0000:0000:ffff::', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1', 'fe80:0:0:0::/64'],
  ] as const
  for (const [address, network] of table) {
    it(`of ${address} is ${network}`, () => {
      assert.equal(networkOf(address), network)
    })
  }
})
