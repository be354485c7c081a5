import assert from 'node:assert/strict'
import { password, TestService } from '../support/service.ts'
import { addUser } from '../support/users.ts'

type Row = { ip_address: string; user_agent: string }

let hash: Uint8Array | undefined
const hashed = async (service: TestService) => (hash ??= await service.service.services.passwords.hash(password))

/** Signs a user in with these headers. @returns the client that both the login log and the session record */
async function recorded(service: TestService, headers: Record<string, string>): Promise<Row> {
  const { id, email } = await addUser(service, { passwordHash: await hashed(service) })
  await service.sql('delete from sessions where user_id = $1', [id])
  await service.signIn(email, headers)
  const [log, ...more] = await service.sql<Row>(
    'select host(ip_address) as ip_address, user_agent from login_logs where user_id = $1',
    [id],
  )
  const sessions = await service.sql<Row>(
    'select host(ip_address) as ip_address, user_agent from sessions where user_id = $1',
    [id],
  )
  assert.ok(log)
  assert.deepEqual([more, sessions], [[], [log]])
  return log
}

describe('the client that createToken records', () => {
  let service: TestService
  let behindProxy: TestService

  before(async () => {
    service = await TestService.start({ RATE_LIMITS: 'off' })
    behindProxy = await TestService.start({ RATE_LIMITS: 'off', TRUSTED_PROXIES: 'loopback, 10.0.0.0/8' })
  })
  after(async () => {
    await service.stop()
    await behindProxy.stop()
  })

  describe('the User-Agent (security 79)', () => {
    it('is cut to 512 characters, without control characters', async () => {
      const expected = { ip_address: '127.0.0.1', user_agent: `abc${'x'.repeat(509)}` }
      assert.deepEqual(await recorded(service, { 'User-Agent': `a\tb\x85c${'x'.repeat(600)}` }), expected)
    })

    it('is decoded from UTF-8, without direction marks', async () => {
      const sent = Buffer.from('Приложение/1.0 \u202e(日本語)😀').toString('latin1')
      assert.equal((await recorded(service, { 'User-Agent': sent })).user_agent, 'Приложение/1.0 (日本語)😀')
      assert.equal((await recorded(service, { 'User-Agent': 'Café/1.0' })).user_agent, 'Café/1.0')
    })
  })

  describe('the IP address (security 57)', () => {
    for (const forwarded of ['::ffff:cb00:7109', '::FFFF:203.0.113.9', '0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9']) {
      it(`is 203.0.113.9 in every table and list if forwarded as ${forwarded}`, async () => {
        const { id, email } = await addUser(behindProxy, { passwordHash: await hashed(behindProxy) })
        const { access } = await behindProxy.signIn(email, { 'X-Forwarded-For': forwarded })
        const [device] = await behindProxy.sql('select network::text from devices where user_id = $1', [id])
        assert.deepEqual(device, { network: '203.0.113.0/24' })
        for (const spelling of ['203.0.113.9', '::ffff:203.0.113.9', '::FFFF:CB00:7109', '0:0:0:0:0:ffff:cb00:7109']) {
          const logs = await behindProxy.call('listLoginLogs', { token: access, query: { ip_address: spelling } })
          const results = logs.body['results'] as Row[]
          assert.deepEqual([results.length, results[0]?.ip_address], [1, '203.0.113.9'], spelling)
        }
      })
    }

    it('is not read from X-Forwarded-For by default', async () => {
      const forwarded = { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7', 'X-Real-IP': '203.0.113.7' }
      const expected = { ip_address: '127.0.0.1', user_agent: '' }
      assert.deepEqual(await recorded(service, { ...forwarded, 'User-Agent': '' }), expected)
    })

    for (const [forwarded, expected] of [
      ['6.6.6.6, 2001:DB8:0:0::1, 10.1.2.3', '2001:db8::1'],
      ['6.6.6.6, [2001:db8::2]:4711, 10.1.2.3:80', '2001:db8::2'],
      ["nonsense'; --", '127.0.0.1'],
    ] as const) {
      it(`is ${expected} for X-Forwarded-For: ${forwarded}`, async () => {
        assert.equal((await recorded(behindProxy, { 'X-Forwarded-For': forwarded })).ip_address, expected)
      })
    }
  })

  describe('the field Forwarded of a trusted proxy (security 57, 114)', () => {
    it('is used if there is no X-Forwarded-For', async () => {
      const forwarded = { Forwarded: 'for=6.6.6.6, for="[2001:DB8::3]:4711";proto=https, for=10.1.2.3' }
      assert.equal((await recorded(behindProxy, forwarded)).ip_address, '2001:db8::3')
      const both = { ...forwarded, 'X-Forwarded-For': '203.0.113.8' }
      assert.equal((await recorded(behindProxy, both)).ip_address, '203.0.113.8')
    })
  })
})
