import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { createClientReader } from '../../src/http/client.ts'

type Headers = Record<string, string>

const own = { host: 'inner.test' }
const both: string[] = []
const options = {
  trustedProxies: ['loopback', '10.0.0.0/8', '2001:db8:1::/48'],
  fallbackOrigin: 'https://accounts.test',
  basePath: '/accounts',
  onUntrusted: () => undefined,
}
const read = (headers: Headers, remoteAddress = '127.0.0.1') =>
  createClientReader({ ...options, onBoth: (peer) => both.push(peer) })({
    headers,
    socket: { remoteAddress },
  } as unknown as IncomingMessage)

describe('the header field Forwarded (security 57, 114)', () => {
  for (const [forwarded, expected] of [
    ['for=203.0.113.7', '203.0.113.7'],
    ['For=203.0.113.7;Proto=https;By=10.0.0.1', '203.0.113.7'],
    ['proto=https; for=203.0.113.7', '203.0.113.7'],
    ['for="203.0.113.7:4711"', '203.0.113.7'],
    ['for="203.0.113.7:_port"', '203.0.113.7'],
    ['for=203.0.113.7:4711', '203.0.113.7'],
    ['for="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['for="[2001:DB8:cafe::17]"', '2001:db8:cafe::17'],
    ['for="[::ffff:cb00:7107]"', '203.0.113.7'],
    ['for="203.0.\\113.7"', '203.0.113.7'],
    [';for=203.0.113.7;;', '203.0.113.7'],
    ['for=203.0.113.7;ext="a, for=6.6.6.6;b\\", for=6.6.6.6"', '203.0.113.7'],
    ['for=6.6.6.6, for=203.0.113.7', '203.0.113.7'],
    ['for=6.6.6.6, for=203.0.113.7, for=10.1.2.3', '203.0.113.7'],
    ['for=203.0.113.7, for=172.16.0.1, for="[2001:db8:1::5]:443"', '172.16.0.1'],
    ['for=10.0.0.1, for=10.0.0.2', '10.0.0.1'],
    ['for="6.6.6.6, for=203.0.113.7', '203.0.113.7'],
    ['for=6.6.6.6,, ,for=203.0.113.7, ,', '203.0.113.7'],
    [`${'for=6.6.6.6, '.repeat(1000)}for=203.0.113.7`, '203.0.113.7'],
    [`for=6.6.6.6, ${'for=10.0.0.1, '.repeat(1000)}for=10.0.0.2`, '127.0.0.1'],
    ['for=unknown', '127.0.0.1'],
    ['for=_hidden', '127.0.0.1'],
    ['for="_gazonk:4711"', '127.0.0.1'],
    ['for=6.6.6.6, for=unknown', '127.0.0.1'],
    ['for=203.0.113.7, for=_hidden, for=10.1.2.3', '127.0.0.1'],
    ['proto=https', '127.0.0.1'],
    ['', '127.0.0.1'],
    ['203.0.113.7', '127.0.0.1'],
    ['for=', '127.0.0.1'],
    ['for="203.0.113.7', '127.0.0.1'],
    ['for=203.0.113.7;for=203.0.113.8', '127.0.0.1'],
    ['for=203.0.113.7 proto=https', '127.0.0.1'],
    ['for=0203.0.113.7', '127.0.0.1'],
  ] as const) {
    it(`is read as ${expected}: ${JSON.stringify(forwarded).slice(0, 58)}`, () => {
      assert.equal(read({ forwarded }).ipAddress, expected)
    })
  }

  for (const [forwarded, expected] of [
    ['for=203.0.113.7;proto=https;host=public.test', 'https://public.test'],
    ['for=203.0.113.7;proto=HTTPS;host="public.test:8443"', 'https://public.test:8443'],
    ['for=203.0.113.7;proto=https', 'https://inner.test'],
    ['for=203.0.113.7;host="[2001:db8::1]:8443"', 'http://[2001:db8::1]:8443'],
    ['for=6.6.6.6;host=evil.test;proto=https, for=203.0.113.7', 'http://inner.test'],
    ['for=6.6.6.6;host=evil.test, for=203.0.113.7;host=public.test, for=10.0.0.1;host=mid.test', 'http://public.test'],
    ['for=203.0.113.7;proto=https, for=10.0.0.1;proto=http;host=mid.test', 'https://mid.test'],
    ['for=203.0.113.7;proto=javascript', 'http://inner.test'],
    ['for=203.0.113.7;host="evil.test/x"', 'https://accounts.test'],
  ] as const) {
    it(`is read as ${expected}: ${forwarded.slice(0, 46)}`, () => {
      assert.equal(read({ ...own, forwarded }).origin, expected)
    })
  }

  it('is ignored from an untrusted peer', () => {
    const { ipAddress, origin } = read({ ...own, forwarded: 'for=6.6.6.6;proto=https;host=evil.test' }, '198.51.100.1')
    assert.deepEqual([ipAddress, origin], ['198.51.100.1', 'http://inner.test'])
  })

  it('is ignored with a warning if the request also has an X-Forwarded-* field', () => {
    const forwarded = 'for=6.6.6.6;proto=https;host=evil.test'
    for (const [headers, expected] of [
      [{ 'x-forwarded-for': '203.0.113.7' }, ['203.0.113.7', 'http://inner.test']],
      [{ 'x-forwarded-proto': 'https' }, ['127.0.0.1', 'https://inner.test']],
      [{ 'x-forwarded-host': 'public.test' }, ['127.0.0.1', 'http://public.test']],
    ] as const) {
      both.length = 0
      const { ipAddress, origin } = read({ ...own, ...headers, forwarded })
      assert.deepEqual([ipAddress, origin], expected)
      assert.deepEqual(both, ['127.0.0.1'])
    }
  })

  it('decides, as Host does, whether links contain the path of the base URL', () => {
    const pathOf = (headers: Headers) => read(headers).basePath
    assert.equal(pathOf({ host: 'accounts.test' }), '/accounts')
    assert.equal(pathOf({ host: 'ACCOUNTS.test:443' }), '/accounts')
    assert.equal(pathOf({ host: 'a/b' }), '/accounts')
    assert.equal(pathOf({ ...own, 'x-forwarded-host': 'other.test' }), '/accounts')
    assert.equal(pathOf({ ...own, forwarded: 'for=203.0.113.7;host=other.test' }), '/accounts')
    assert.equal(pathOf({ host: 'accounts.test:8443' }), '')
    assert.equal(pathOf(own), '')
  })
})

describe('the origin of one request after another', () => {
  const plain = { host: 'inner.test' }
  const inner = { forwarded: 'for=203.0.113.7;host=inner.test' }
  const secure = { forwarded: 'for=203.0.113.7;host=inner.test;proto=https' }
  const requests: Headers[] = [plain, { host: 'accounts.test' }, plain, inner, secure, inner, { host: '' }, plain]

  it('is read from its own header fields', () => {
    const reader = createClientReader(options)
    const readNext = (headers: Headers) =>
      reader({ headers, socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage)
    assert.deepEqual(
      requests.map(readNext),
      requests.map((headers) => read(headers)),
    )
    assert.equal(new Set(requests.map((headers) => JSON.stringify(read(headers)))).size, 5)
  })
})
