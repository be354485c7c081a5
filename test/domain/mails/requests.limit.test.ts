import assert from 'node:assert/strict'
import { assertProblem } from '../../support/answers.ts'
import { password, type TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { from, passTime, startLimited } from '../limits/support/attempts.ts'

describe('the limit of mails that a network can request without sign-in (security 102)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_RECOVERY: '3/1h' })
  })
  after(() => service.stop())

  const requestMail = (operation: 'forgotPassword' | 'resendActivation', ip: string, email = service.email()) =>
    service.call(operation, { body: { email }, headers: from(ip) })
  const countMails = async () =>
    (await service.sql<{ count: number }>('select count(*)::integer as count from mails'))[0]?.count

  it('counts forgotPassword and resendActivation together', async () => {
    const before = await countMails()
    const answers = [
      await requestMail('forgotPassword', '192.0.2.1'),
      await requestMail('resendActivation', '192.0.2.1'),
      await requestMail('forgotPassword', '192.0.2.1'),
    ]
    for (const [index, { status, headers }] of answers.entries()) {
      assert.equal(status, 200)
      assert.equal(headers.get('ratelimit-policy'), '"recovery";q=3;w=3600')
      assert.match(String(headers.get('ratelimit')), new RegExp(`^"recovery";r=${2 - index};t=\\d+$`))
    }
    for (const operation of ['forgotPassword', 'resendActivation'] as const) {
      const refused = await requestMail(operation, '192.0.2.1')
      assertProblem(refused, 429, 'throttled')
      assert.ok(Number(refused.headers.get('retry-after')) > 3500)
      assert.match(String(refused.headers.get('ratelimit')), /^"recovery";r=0;t=\d+$/)
    }
    assert.equal(await countMails(), Number(before) + 3)
  })

  it('causes the same replies for email addresses with and without an account', async () => {
    const { email } = await addOwner(service)
    const answers = []
    for (const [ip, address] of [
      ['192.0.2.2', email],
      ['192.0.2.3', 'unknown@example.com'],
    ] as const)
      for (let time = 0; time < 4; time++) answers.push((await requestMail('forgotPassword', ip, address)).status)
    assert.deepEqual(answers, [200, 200, 200, 429, 200, 200, 200, 429])
  })

  it('does not affect other networks, and ends after its time window', async () => {
    for (let time = 0; time < 4; time++) await requestMail('forgotPassword', '2001:db8:1:1::1')
    assert.equal((await requestMail('forgotPassword', '2001:db8:1:1::2')).status, 429)
    assert.equal((await requestMail('forgotPassword', '192.0.2.4')).status, 200)
    await passTime(service, 3600)
    assert.equal((await requestMail('forgotPassword', '2001:db8:1:1::1')).status, 200)
  })

  it('does not count invalid requests', async () => {
    for (let time = 0; time < 4; time++)
      assertProblem(await requestMail('forgotPassword', '192.0.2.5', 'no address'), 400, 'invalid')
    assert.equal((await requestMail('forgotPassword', '192.0.2.5')).status, 200)
  })

  it('does not affect the network’s sign-ins and registrations', async () => {
    for (let time = 0; time < 4; time++) await requestMail('resendActivation', '192.0.2.6')
    const { email } = await addOwner(service)
    const headers = from('192.0.2.6')
    assert.equal((await service.call('createToken', { body: { email, password }, headers })).status, 200)
    const body = { email: service.email(), password, password_confirm: password }
    assert.equal((await service.call('registerUser', { body, headers })).status, 201)
  })
})
