import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4 } from 'node:net'
import fc from 'fast-check'
import { createClientReader } from '../../src/http/client.ts'
import { around, describeFuzz, holds, nearly } from '../support/fuzz.ts'

const trustedProxies = ['loopback', '10.0.0.0/8', '2001:db8:1::/48']
const fallbackOrigin = 'https://accounts.test'
const read = createClientReader({ trustedProxies, fallbackOrigin, onUntrusted: () => undefined })

const trusted = fc.constantFrom('127.0.0.1', '::1', '10.1.2.3', '::ffff:10.1.2.3', '2001:db8:1::5')
const stranger = fc.oneof(
  fc.ipV4().filter((ip) => !/^(127|10)\./.test(ip)),
  fc.ipV6().filter((ip) => isStranger(ip)),
  fc.constantFrom('203.0.113.7', '::ffff:203.0.113.7', '2001:db8:2::9', '9.255.255.255', '11.0.0.0'),
)
const claims = around(fc.array(fc.oneof(trusted, stranger), { maxLength: 4 }).map((hops) => hops.join(', ')))
const elementOf = (ip: string) => (isIPv4(ip) ? `For=${ip};proto=https` : `proto="https";for="[${ip}]:4711"`)
const nodes = around(
  fc.constantFrom('for=6.6.6.6', 'for="a, b', 'for="\\",', 'host="x, for=6.6.6.6', 'for=unknown, ', '"'),
)
const hosts = around(
  fc.constantFrom('accounts.example.com', 'inner.test:8000', '[::1]:8000', 'bücher.example', '203.0.113.7'),
)
const agents = around(fc.constantFrom('curl/8', 'x'.repeat(511), 'Mozilla/5.0 (X11; Linux x86_64)\t\x1b[31m'))
const headers = fc.record(
  {
    'x-forwarded-for': claims,
    'x-forwarded-proto': around(fc.constantFrom('https', 'http', 'https, http')),
    'x-forwarded-host': hosts,
    host: hosts,
    'user-agent': agents,
    forwarded: nodes,
    'x-real-ip': stranger,
  },
  { requiredKeys: [] },
)

const asked = (remoteAddress: string, given: object) =>
  ({ headers: given, socket: { remoteAddress } }) as unknown as IncomingMessage

/** Asserts that two addresses are the same to Node's BlockList, and that `actual` is normalized. */
function assertAddress(actual: string, expected: string): void {
  const list = new BlockList()
  list.addAddress(expected, isIPv4(expected) ? 'ipv4' : 'ipv6')
  assert.ok(isIP(actual) && list.check(actual, isIPv4(actual) ? 'ipv4' : 'ipv6'), `${actual} is not ${expected}`)
  // Refuses IPv4-mapped addresses, capitals and leading zeros. (::ffff:0 is an ordinary IPv6 address.)
  assert.doesNotMatch(actual, /^::ffff:([^:]+:[^:]+|[\d.]+\.\d+)$|[A-Z]|(^|:)0\d/)
}

/** Uses Node's BlockList, which shares no code with what is tested. */
function isStranger(ip: string): boolean {
  const list = new BlockList()
  list.addSubnet('127.0.0.0', 8)
  list.addSubnet('10.0.0.0', 8)
  list.addAddress('::1', 'ipv6')
  list.addSubnet('2001:db8:1::', 48, 'ipv6')
  return !list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6')
}

describeFuzz('the client of a request (security 24, 57)', () => {
  it('has the peer’s address if the peer is not trusted, whatever its headers say', () =>
    holds(fc.tuple(stranger, headers), ['claims', 'silent'], ([peer, given]) => {
      const { ipAddress, origin } = read(asked(peer, given))
      assertAddress(ipAddress, peer)
      assert.equal(origin, read(asked(peer, given.host === undefined ? {} : { host: given.host })).origin)
      return 'x-forwarded-for' in given ? 'claims' : 'silent'
    }))

  it('has the last address before the trusted proxies, whatever precedes it', () =>
    holds(
      fc.tuple(claims, stranger, fc.array(trusted, { maxLength: 3 }), trusted),
      ['claims', 'silent'],
      ([before, client, hops, peer]) => {
        const line = [...(before === '' ? [] : [before]), client, ...hops].join(', ')
        assertAddress(read(asked(peer, { 'x-forwarded-for': line })).ipAddress, client)
        return before === '' ? 'silent' : 'claims'
      },
    ))

  it('has the last untrusted address in Forwarded, whatever precedes it (security 114)', () =>
    holds(
      fc.tuple(nodes, stranger, fc.array(trusted, { maxLength: 3 }), trusted),
      ['claims', 'silent'],
      ([before, client, hops, peer]) => {
        const line = [...(before === '' ? [] : [before]), ...[client, ...hops].map(elementOf)].join(', ')
        assertAddress(read(asked(peer, { forwarded: line })).ipAddress, client)
        return before === '' ? 'silent' : 'claims'
      },
    ))

  it('has an IP address, an origin, and a User-Agent without controls (security 79)', () =>
    holds(fc.tuple(fc.oneof(trusted, stranger), headers), ['given', 'fallback'], ([peer, given]) => {
      const { ipAddress, origin, userAgent } = read(asked(peer, given))
      assert.ok(isIP(ipAddress), ipAddress)
      const { protocol, username, password, pathname, search, hash } = new URL(origin)
      assert.ok(['http:', 'https:'].includes(protocol))
      assert.deepEqual([username, password, pathname, search, hash], ['', '', '/', '', ''])
      assert.ok(userAgent.length <= 512)
      assert.doesNotMatch(userAgent, /\p{Cc}/u)
      return origin === fallbackOrigin ? 'fallback' : 'given'
    }))

  it('has the forwarded origin only if the forwarded host is valid', () =>
    holds(
      fc.tuple(trusted, nearly(fc.constantFrom('public.test', 'public.test:8443'), 1)),
      ['taken', 'fallback'],
      ([peer, host]) => {
        const { origin } = read(asked(peer, { 'x-forwarded-host': host, 'x-forwarded-proto': 'https' }))
        if (origin === fallbackOrigin) return 'fallback'
        assert.match(origin, /^https:\/\/[^/?#@\\\s]+$/)
        return 'taken'
      },
    ))
})
