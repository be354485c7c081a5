import assert from 'node:assert/strict'
import { password, type TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { attempt, fail, from, startLimited } from './support/attempts.ts'

const newPassword = 'a new and better passphrase'

describe('the owner of an account under attack (security 55)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_SIGN_IN: '2/15m', LIMIT_SIGN_IN_ACCOUNT: '4/1h' })
  })
  after(() => service.stop())

  const signIn = async (email: string, ip: string, given = password) =>
    (await attempt(service, { email, ip, given })).status

  it('can sign in from networks other than the attacker’s network', async () => {
    const { email } = await addOwner(service)
    await fail(service, 3, { email, ip: '192.0.2.1' })
    assert.equal(await signIn(email, '192.0.2.1'), 429)
    assert.equal(await signIn(email, '198.51.100.1'), 200)
  })

  it('is locked out only in networks without an earlier sign-in (security 54)', async () => {
    const { email } = await addOwner(service)
    assert.equal(await signIn(email, '198.51.100.2'), 200)
    for (const ip of ['192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6'])
      assert.deepEqual(await fail(service, 1, { email, ip }), [401])
    assert.equal(await signIn(email, '203.0.113.1'), 429)
    assert.equal(await signIn(email, '198.51.100.2'), 200)
    assert.deepEqual(
      await fail(service, 3, { email, ip: '198.51.100.3' }),
      [401, 401, 429],
      'known ones have limits, too',
    )
  })

  it('can recover the account, and then sign in from the network of the recovery', async () => {
    const { email } = await addOwner(service)
    for (const ip of ['192.0.2.7', '192.0.2.8', '203.0.113.2']) await fail(service, 3, { email, ip })
    for (const [ip, given] of [
      ['203.0.113.2', newPassword],
      ['203.0.114.1', `${newPassword} 2`],
    ] as const) {
      assert.equal(await signIn(email, ip), 429)
      const headers = from(ip)
      assert.equal((await service.call('forgotPassword', { body: { email }, headers })).status, 200)
      const { code } = await service.mailTo(email)
      const body = { code, password: given, password_confirm: given }
      assert.equal((await service.call('restorePassword', { body, headers })).status, 200)
      assert.equal((await service.mailTo(email)).code, '', 'the notice')
      assert.equal(await signIn(email, ip, given), 200)
    }
  })
})
