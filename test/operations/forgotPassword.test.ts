import assert from 'node:assert/strict'
import { insertCode, insertRegistration, insertUser, withoutIds } from '../support/accounts.ts'
import { itRefusesBadBodies } from '../support/badBodies.ts'
import { assertProblem, password, TestService } from '../support/service.ts'

describe('forgotPassword', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const forgot = (email: string) => service.call('forgotPassword', { body: { email } })
  const restore = (code: string) =>
    service.call('restorePassword', { body: { code, password, password_confirm: password } })

  it('mails a link to the page, in the owner’s language, for an hour (security 21)', async () => {
    const email = service.email()
    const id = await insertUser(service, email, { language: 'ru' })
    const { status, headers, body } = await forgot(email)
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(body, { detail: 'If this address has an account, a recovery link is on its way.' })
    const mail = await service.mailTo(email)
    assert.match(mail.subject, /^Новый пароль/)
    assert.equal(mail.link, `http://accounts.test/account/restore-password/?code=${mail.code}`)
    const [code] = await service.sql<{ seconds: number }>(
      'select extract(epoch from expires_at - now())::integer as seconds from codes where user_id = $1',
      [id],
    )
    assert.ok(code && code.seconds > 3600 - 60 && code.seconds <= 3600, String(code?.seconds))
  })

  it('voids the code before, and nobody else’s (security 22)', async () => {
    const [email, other] = [service.email(), service.email()]
    const code = await insertCode(service, await insertUser(service, email), 'restore')
    const otherCode = await insertCode(service, await insertUser(service, other), 'restore')
    await forgot(email)
    const mail = await service.mailTo(email)
    assertProblem(await restore(code), 400, 'code_invalid')
    assert.equal((await restore(mail.code)).status, 200)
    assert.equal((await restore(otherCode)).status, 200)
  })

  it('answers any address alike; a suspended user and an unknown one get no mail (security 15)', async () => {
    await insertUser(service, 'user@example.com')
    await insertUser(service, 'susp@example.com', { isActive: false })
    await insertRegistration(service, 'wait@example.com')
    const sent = await service.countMails()
    const answers = await Promise.all(['user', 'susp', 'wait', 'none'].map((name) => forgot(`${name}@example.com`)))
    const [first, ...others] = answers.map(withoutIds)
    assert.equal(first?.status, 200)
    for (const answer of others) assert.deepEqual(answer, first)
    assert.equal((await service.countMails()) - sent, 2)
    const dropped = await service.sql(`select address from mails where status = 'dropped' order by address`)
    assert.deepEqual(dropped, [{ address: '' }, { address: 'susp@example.com' }]) // what is nobody's is not kept
    assert.notEqual((await service.mailTo('user@example.com')).code, '')
  })

  it('mails a waiting address a link to choose a password (security 89)', async () => {
    const email = service.email()
    await insertRegistration(service, email)
    await forgot(email)
    const mail = await service.mailTo(email)
    assert.match(mail.subject, /^Finish signing up at accounts\.test: choose a password$/)
    assert.equal(mail.link, `http://accounts.test/account/restore-password/?code=${mail.code}`)
    assert.match(mail.text, /The password that you choose now is the one that counts/)
    assertProblem(await service.call('confirmActivation', { body: { code: mail.code } }), 400, 'code_invalid')
    assert.equal((await restore(mail.code)).status, 200)
  })

  it('mails to the stored address, not to the one that was typed (security 25)', async () => {
    await insertUser(service, 'Stored@example.com')
    await forgot('sTORED@EXAMPLE.COM')
    assert.equal((await service.mailTo('Stored@example.com')).to, 'Stored@example.com')
    assertProblem(await forgot('stored@example.com,evil@evil.test'), 400, 'invalid')
  })

  itRefusesBadBodies(() => service, 'forgotPassword', { email: 'bad@example.com' })
})
