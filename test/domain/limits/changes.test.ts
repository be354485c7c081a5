import assert from 'node:assert/strict'
import { assertProblem } from '../../support/answers.ts'
import { password, type Answer, type TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { from, passTime, startLimited } from './support/attempts.ts'

type Owner = Awaited<ReturnType<typeof addOwner>>

describe('the limits of operations that send mails (security 90)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited()
  })
  after(() => service.stop())

  function assertThrottled(answer: Answer, policy: string, seconds: number): void {
    assertProblem(answer, 429, 'throttled')
    assert.equal(answer.headers.get('ratelimit-policy'), policy)
    assert.ok(Number(answer.headers.get('retry-after')) > seconds - 60)
  }

  const changeEmail = (owner: Owner, ip: string, current_password = password, email = service.email()) =>
    service.call('changeEmail', { token: owner.access, body: { email, current_password }, headers: from(ip) })

  it('allow an account 3 changeEmail requests an hour, from whatever networks', async () => {
    const owner = await addOwner(service)
    for (let time = 0; time < 3; time++) {
      const { status, headers } = await changeEmail(owner, `192.0.2.${time}`)
      assert.equal(status, 200)
      assert.match(String(headers.get('ratelimit')), new RegExp(`^"email-change-hour";r=${2 - time};t=\\d+$`))
    }
    assertThrottled(await changeEmail(owner, '192.0.2.9'), '"email-change-hour";q=3;w=3600', 3600)
    const sent = await service.sql(`select 1 from mails where kind = 'confirm_email' and user_id = $1`, [owner.id])
    assert.equal(sent.length, 3)
    await passTime(service, 3600)
    assert.equal((await changeEmail(owner, '192.0.2.9')).status, 200)
  })

  it('allow a network 3 changeEmail requests an hour, for whatever accounts', async () => {
    const owners = [await addOwner(service), await addOwner(service), await addOwner(service)]
    for (const owner of owners) assert.equal((await changeEmail(owner, '198.51.100.1')).status, 200)
    const other = await addOwner(service)
    assertThrottled(await changeEmail(other, '198.51.100.1'), '"email-change-hour";q=3;w=3600', 3600)
    // The requests that the limit of the network refused do not count for the account.
    for (let time = 0; time < 3; time++) assert.equal((await changeEmail(other, `198.51.100.1${time}`)).status, 200)
  })

  it('allow an account 10 changeEmail requests a day', async () => {
    const owner = await addOwner(service)
    for (let time = 0; time < 10; time++) {
      assert.equal((await changeEmail(owner, `203.0.113.${time}`)).status, 200)
      await service.sql(`delete from rate_limits where key like 'email-change-hour:%'`)
    }
    assertThrottled(await changeEmail(owner, '203.0.113.99'), '"email-change-day";q=10;w=86400', 86_400)
  })

  it('do not count refused requests', async () => {
    const owner = await addOwner(service)
    for (let time = 0; time < 4; time++)
      assertProblem(await changeEmail(owner, '203.0.113.200', 'a wrong password'), 400, 'current_password_incorrect')
    for (let time = 0; time < 4; time++)
      assertProblem(await changeEmail(owner, '203.0.113.200', password, owner.email), 400, 'invalid')
    await service.sql('alter table email_changes rename to email_changes_away')
    for (let time = 0; time < 4; time++) assert.equal((await changeEmail(owner, '203.0.113.200')).status, 500)
    await service.sql('alter table email_changes_away rename to email_changes')
    for (let time = 0; time < 3; time++) assert.equal((await changeEmail(owner, '203.0.113.200')).status, 200)
  })

  it('allow an account 5 changes of its password an hour', async () => {
    const owner = await addOwner(service)
    let current = password
    const change = async ({ access: token }: Owner, given: string, ip = '192.0.2.200') => {
      const next = `another long password ${Math.random()}`
      const body = { current_password: given, password: next, password_confirm: next }
      const answer = await service.call('changePassword', { token, body, headers: from(ip) })
      if (answer.status === 200) current = next
      return answer
    }
    for (let time = 0; time < 3; time++)
      assertProblem(await change(owner, 'a wrong password'), 400, 'current_password_incorrect')
    for (let time = 0; time < 5; time++) {
      const { status, headers } = await change(owner, current)
      assert.equal(status, 200)
      assert.match(String(headers.get('ratelimit')), new RegExp(`^"password-change";r=${4 - time};t=\\d+$`))
    }
    const last = current
    assertThrottled(await change(owner, last, '192.0.2.201'), '"password-change";q=5;w=3600', 3600)
    const mails = await service.sql(`select 1 from mails where kind = 'password_changed' and user_id = $1`, [owner.id])
    assert.equal(mails.length, 5)
    assert.equal((await change(await addOwner(service), password)).status, 200)
    await passTime(service, 3600)
    assert.equal((await change(owner, last)).status, 200)
  })
})
