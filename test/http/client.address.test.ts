import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { createClientReader } from '../../src/http/client.ts'

type Headers = Record<string, string>

const requestFrom = (peer: string, headers: Headers) =>
  ({ headers, socket: { remoteAddress: peer } }) as unknown as IncomingMessage

const reader = (trustedProxies: string[], onUntrusted: (peer: string) => void = () => undefined) =>
  createClientReader({ trustedProxies, fallbackOrigin: 'https://accounts.test', onUntrusted })

const addressOf = (trusted: string[], peer: string, forwarded?: string) =>
  reader(trusted)(requestFrom(peer, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded })).ipAddress

describe('the client of a request', () => {
  const loopback = ['loopback']
  describe('the reader of X-Forwarded-For (security 57)', () => {
    for (const [title, trusted, peer, forwarded, expected] of [
      ['trusts no proxy by default', [], '127.0.0.1', '203.0.113.7', '127.0.0.1'],
      ['uses the peer if nothing is forwarded', loopback, '127.0.0.1', undefined, '127.0.0.1'],
      ['ignores headers of an untrusted peer', loopback, '198.51.100.1', '203.0.113.7', '198.51.100.1'],
      ['uses the address that a trusted proxy forwards', loopback, '127.0.0.1', '203.0.113.7', '203.0.113.7'],
      [
        'recognizes a trusted proxy by its IPv4-mapped address',
        loopback,
        '::ffff:127.0.0.1',
        '203.0.113.7',
        '203.0.113.7',
      ],
      ['recognizes ::1 as loopback', loopback, '::1', '2001:db8::1', '2001:db8::1'],
      [
        'uses the last address, not one that the client sent',
        loopback,
        '127.0.0.1',
        '6.6.6.6, 203.0.113.7',
        '203.0.113.7',
      ],
      [
        'skips several trusted proxies',
        ['loopback', '10.0.0.0/8'],
        '127.0.0.1',
        '6.6.6.6, 203.0.113.7, 10.1.2.3',
        '203.0.113.7',
      ],
      [
        'stops at the first hop that is not trusted',
        ['loopback', '10.0.0.0/8'],
        '127.0.0.1',
        '203.0.113.7, 172.16.0.1, 10.1.2.3',
        '172.16.0.1',
      ],
      [
        'uses the first address if all hops are trusted',
        ['loopback', '10.0.0.0/8'],
        '127.0.0.1',
        '10.0.0.1, 10.0.0.2',
        '10.0.0.1',
      ],
      ['converts an IPv4-mapped client to IPv4', loopback, '127.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
      ['converts an IPv4-mapped client in hexadecimal', loopback, '127.0.0.1', '::ffff:cb00:7107', '203.0.113.7'],
      ['converts an IPv4-mapped client in capitals', loopback, '127.0.0.1', '::FFFF:203.0.113.7', '203.0.113.7'],
      [
        'converts an IPv4-mapped client in the long form',
        loopback,
        '127.0.0.1',
        '0:0:0:0:0:ffff:203.0.113.7',
        '203.0.113.7',
      ],
      ['converts an IPv4-mapped client with a port', loopback, '127.0.0.1', '[::ffff:cb00:7107]:4711', '203.0.113.7'],
      ['converts an IPv4-mapped client with a zone', loopback, '127.0.0.1', '::ffff:203.0.113.7%eth0', '203.0.113.7'],
      ['converts an IPv4-mapped peer in hexadecimal', [], '::ffff:c633:6401', undefined, '198.51.100.1'],
      ['recognizes a trusted proxy in hexadecimal', loopback, '::ffff:7f00:1', '203.0.113.7', '203.0.113.7'],
      ['normalizes an IPv6 address', loopback, '127.0.0.1', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['reads an IPv6 address with a dotted end', loopback, '127.0.0.1', '64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
      ['keeps a 6to4 address', loopback, '127.0.0.1', '2002:cb00:7107::1', '2002:cb00:7107::1'],
      ['uses the proxy’s address for leading zeros', loopback, '127.0.0.1', '::ffff:203.000.113.007', '127.0.0.1'],
      ['uses the proxy’s address for IPv4 in brackets', loopback, '127.0.0.1', '[203.0.113.7]:80', '127.0.0.1'],
      ['converts an IPv4-mapped peer to IPv4', [], '::ffff:198.51.100.1', undefined, '198.51.100.1'],
      ['recognizes IPv6 proxies by range', ['2001:db8:1::/48'], '2001:db8:1::5', '2001:db8:2::9', '2001:db8:2::9'],
      ['removes the zone', [], 'fe80::1%eth0', undefined, 'fe80::1'],
      ['uses the proxy’s address for text that is no address', loopback, '127.0.0.1', 'unknown', '127.0.0.1'],
      ['uses the proxy’s address for an empty header', loopback, '127.0.0.1', '', '127.0.0.1'],
      ['uses the proxy’s address for SQL', loopback, '127.0.0.1', "1.2.3.4'; drop table users --", '127.0.0.1'],
      ['uses the proxy’s address for text after an address', loopback, '127.0.0.1', '6.6.6.6, nonsense', '127.0.0.1'],
      ['removes a port', loopback, '127.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
      ['removes brackets and a port', loopback, '127.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
      ['removes brackets', loopback, '127.0.0.1', '[2001:db8::1]', '2001:db8::1'],
      ['keeps an IPv6 address that ends like a port', loopback, '127.0.0.1', '2001:db8::4711', '2001:db8::4711'],
      [
        'recognizes trusted proxies with ports',
        ['loopback', '10.0.0.0/8', '2001:db8:1::/48'],
        '127.0.0.1',
        '6.6.6.6:1, 203.0.113.7:4711 ,10.1.2.3:80,[2001:db8:1::5]:443',
        '203.0.113.7',
      ],
      [
        'uses the last of many addresses',
        loopback,
        '127.0.0.1',
        `${'6.6.6.6, '.repeat(1000)}203.0.113.7`,
        '203.0.113.7',
      ],
      [
        'does not skip a forwarded loopback address behind an untrusted hop',
        loopback,
        '127.0.0.1',
        '127.0.0.1, 203.0.113.7',
        '203.0.113.7',
      ],
      ['uses a forwarded loopback address that is alone', loopback, '127.0.0.1', '127.0.0.1', '127.0.0.1'],
      [
        'recognizes a trusted hop by its IPv4-mapped form',
        ['10.0.0.0/8'],
        '10.0.0.1',
        '203.0.113.7, ::ffff:10.1.2.3',
        '203.0.113.7',
      ],
      ['does not trust a neighbour of a trusted proxy', ['10.0.0.1'], '10.0.0.2', '203.0.113.7', '10.0.0.2'],
      [
        'does not trust a neighbour of a trusted IPv6 range',
        ['fc00::/64'],
        'fc00:0:0:1::1',
        '203.0.113.7',
        'fc00:0:0:1::1',
      ],
      ['uses the proxy’s address for two ports', loopback, '127.0.0.1', '203.0.113.7:1:2', '127.0.0.1'],
      ['uses the proxy’s address for an invalid port', loopback, '127.0.0.1', '203.0.113.7:x', '127.0.0.1'],
      ['uses the proxy’s address for empty brackets', loopback, '127.0.0.1', '[]:80', '127.0.0.1'],
      ['uses the proxy’s address for an open bracket', loopback, '127.0.0.1', '[2001:db8::1', '127.0.0.1'],
      ['uses the proxy’s address for a number', loopback, '127.0.0.1', '3405803783', '127.0.0.1'],
      ['uses the proxy’s address for octal digits', loopback, '127.0.0.1', '0313.0.0161.07', '127.0.0.1'],
      ['uses the proxy’s address for a truncated address', loopback, '127.0.0.1', '203.0.113', '127.0.0.1'],
      ['uses the proxy’s address for a host name', loopback, '127.0.0.1', 'localhost', '127.0.0.1'],
      ['uses the proxy’s address for an obfuscated node', loopback, '127.0.0.1', '_hidden', '127.0.0.1'],
      ['uses the proxy’s address for the syntax of Forwarded', loopback, '127.0.0.1', 'for=203.0.113.7', '127.0.0.1'],
      ['uses the proxy’s address for quotes', loopback, '127.0.0.1', '"203.0.113.7"', '127.0.0.1'],
      ['skips empty members', loopback, '127.0.0.1', '6.6.6.6,, 203.0.113.7, ,', '203.0.113.7'],
      ['uses the proxy’s address for a range', loopback, '127.0.0.1', '203.0.113.0/24', '127.0.0.1'],
    ] as const) {
      it(title, () => {
        assert.equal(addressOf([...trusted], peer, forwarded), expected)
      })
    }
  })

  describe('other header fields with an address (security 57, 114)', () => {
    it('are ignored, even from a trusted proxy', () => {
      const names = [
        'x-real-ip',
        'x-client-ip',
        'client-ip',
        'true-client-ip',
        'cf-connecting-ip',
        'via',
        'x-forwarded',
      ]
      const others = Object.fromEntries(names.map((name) => [name, '6.6.6.6']))
      assert.equal(reader(loopback)(requestFrom('127.0.0.1', others)).ipAddress, '127.0.0.1')
      const both = { ...others, 'x-forwarded-for': '203.0.113.7' }
      assert.equal(reader(loopback)(requestFrom('127.0.0.1', both)).ipAddress, '203.0.113.7')
    })
  })

  describe('the header X-Forwarded-For of untrusted peers', () => {
    it('causes one warning', () => {
      const warned: string[] = []
      const read = reader(['127.0.0.1'], (peer) => warned.push(peer))
      read(requestFrom('127.0.0.1', { 'x-forwarded-for': '203.0.113.7' }))
      read(requestFrom('198.51.100.1', {}))
      assert.deepEqual(warned, [])
      read(requestFrom('198.51.100.1', { 'x-forwarded-for': '203.0.113.7' }))
      read(requestFrom('198.51.100.2', { 'x-forwarded-for': '203.0.113.7' }))
      assert.deepEqual(warned, ['198.51.100.1'])
    })
  })

  describe('the header Forwarded of untrusted peers (security 114)', () => {
    it('causes one warning', () => {
      const warned: string[] = []
      const read = reader(['127.0.0.1'], (peer) => warned.push(peer))
      read(requestFrom('127.0.0.1', { forwarded: 'for=203.0.113.7' }))
      assert.deepEqual(warned, [])
      for (const peer of ['198.51.100.1', '198.51.100.2']) read(requestFrom(peer, { forwarded: 'for=203.0.113.7' }))
      assert.deepEqual(warned, ['198.51.100.1'])
    })
  })

  describe('the User-Agent (security 79)', () => {
    it('is shortened to 512 characters, without control characters', () => {
      const agent = (text: string) => reader([])(requestFrom('127.0.0.1', { 'user-agent': text })).userAgent
      assert.equal(agent('x'.repeat(600)), 'x'.repeat(512))
      assert.equal(agent('a\tb\x00c\x1bd\x7fe\x85f'), 'abcdef')
      assert.equal(agent(`${'\t'.repeat(600)}curl`), 'curl')
      assert.equal(reader([])(requestFrom('127.0.0.1', {})).userAgent, '')
    })

    it('is decoded as UTF-8, or as Latin-1 if it is not UTF-8', () => {
      const agent = (text: string, encoding: BufferEncoding = 'utf8') =>
        reader([])(requestFrom('127.0.0.1', { 'user-agent': Buffer.from(text, encoding).toString('latin1') })).userAgent
      assert.equal(agent('Приложение/1.0 (日本語; 😀)'), 'Приложение/1.0 (日本語; 😀)')
      assert.equal(agent('Café/1.0', 'latin1'), 'Café/1.0')
      assert.equal(agent('a\u202eb\u2066c\u200bd\u0085e\u2028f\ufeffg\u{e0041}h'), 'abcdefgh')
      assert.equal(agent(`${'x'.repeat(511)}😀😀`), 'x'.repeat(511))
      assert.equal(agent('😀'.repeat(600)), '😀'.repeat(256))
    })
  })

  const forwarded = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'public.test, inner.test',
    host: 'inner.test:8000',
  }
  describe('the origin, with scheme and host (security 24)', () => {
    for (const [title, trusted, headers, expected] of [
      ['that of the request', [], { host: 'inner.test:8000' }, 'http://inner.test:8000'],
      ['that of the request, whatever an untrusted peer forwards', [], forwarded, 'http://inner.test:8000'],
      ['that which a trusted proxy forwards', loopback, forwarded, 'https://public.test'],
      ['that of the request if a trusted proxy forwards none', loopback, { host: 'inner.test' }, 'http://inner.test'],
      ['https for a forwarded scheme in capitals', loopback, { host: 'a', 'x-forwarded-proto': 'HTTPS' }, 'https://a'],
      [
        'https if the list of forwarded schemes begins with https',
        loopback,
        { host: 'a', 'x-forwarded-proto': ' Https , http' },
        'https://a',
      ],
      [
        'without the port in X-Forwarded-Port',
        loopback,
        { host: 'a', 'x-forwarded-port': '8443', 'x-forwarded-proto': 'https' },
        'https://a',
      ],
      ['decoded from UTF-8', [], { host: Buffer.from('почта.рф').toString('latin1') }, 'http://почта.рф'],
      [
        'that of the request if the forwarded scheme is not http or https',
        loopback,
        { host: 'a', 'x-forwarded-proto': 'javascript' },
        'http://a',
      ],
      [
        'the configured one if the forwarded host contains a path',
        loopback,
        { host: 'a', 'x-forwarded-host': 'a/b' },
        'https://accounts.test',
      ],
      [
        'the configured one if the forwarded host is blank',
        loopback,
        { 'x-forwarded-host': ' , ' },
        'https://accounts.test',
      ],
      ['that of the request with an IPv6 host', [], { host: '[::1]:8000' }, 'http://[::1]:8000'],
      ['the configured one for a malformed Host', [], { host: 'a/b?c' }, 'https://accounts.test'],
      ['the configured one for a Host with a user', [], { host: 'user@evil.test' }, 'https://accounts.test'],
      ['the configured one without a Host', [], {}, 'https://accounts.test'],
      ['the configured one for an invalid port', [], { host: 'a:99999' }, 'https://accounts.test'],
      ['the configured one for an invalid IP address', [], { host: '256.256.256.256' }, 'https://accounts.test'],
    ] as const) {
      it(`is ${title}`, () => {
        assert.equal(reader([...trusted])(requestFrom('127.0.0.1', headers as Headers)).origin, expected)
      })
    }
  })
})
