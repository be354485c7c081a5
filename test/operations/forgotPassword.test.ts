import assert from 'node:assert/strict'
import { assertProblem, withoutIds } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { insertCode, insertRegistration, insertUser } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { activate, forgot, restore } from './support/requests.ts'

describe('forgotPassword', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  describe('the recovery code (security 21)', () => {
    it('is mailed as a link in the user’s language, and is valid for an hour', async () => {
      const email = service.email()
      const id = await insertUser(service, email, { language: 'ru' })
      const { status, headers, body } = await forgot(service, email)
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
  })

  describe('earlier recovery codes (security 22)', () => {
    it('are voided for the user, but not for other users', async () => {
      const [email, other] = [service.email(), service.email()]
      const code = await insertCode(service, await insertUser(service, email), 'restore')
      const otherCode = await insertCode(service, await insertUser(service, other), 'restore')
      await forgot(service, email)
      const mail = await service.mailTo(email)
      assertProblem(await restore(service, code), 400, 'code_invalid')
      assert.equal((await restore(service, mail.code)).status, 200)
      assert.equal((await restore(service, otherCode)).status, 200)
    })
  })

  describe('requests for known and unknown email addresses (security 15)', () => {
    it('get the same reply; suspended and unknown accounts get no mail', async () => {
      await insertUser(service, 'user@example.com')
      await insertUser(service, 'susp@example.com', { isActive: false })
      await insertRegistration(service, 'wait@example.com')
      const sent = await service.countMails()
      const answers = await Promise.all(
        ['user', 'susp', 'wait', 'none'].map((name) => forgot(service, `${name}@example.com`)),
      )
      const [first, ...others] = answers.map(withoutIds)
      assert.equal(first?.status, 200)
      for (const answer of others) assert.deepEqual(answer, first)
      assert.equal((await service.countMails()) - sent, 2)
      const dropped = await service.sql(`select address from mails where status = 'dropped' order by address`)
      assert.deepEqual(dropped, [{ address: '' }, { address: 'susp@example.com' }]) // An unknown address is not stored.
      assert.notEqual((await service.mailTo('user@example.com')).code, '')
    })
  })

  describe('a pending registration in forgotPassword (security 89)', () => {
    it('gets a link to choose a password', async () => {
      const email = service.email()
      await insertRegistration(service, email)
      await forgot(service, email)
      const mail = await service.mailTo(email)
      assert.match(mail.subject, /^Finish signing up at accounts\.test: choose a password$/)
      assert.equal(mail.link, `http://accounts.test/account/restore-password/?code=${mail.code}`)
      assert.match(mail.text, /The password that you choose now is the one that counts/)
      assertProblem(await activate(service, mail.code), 400, 'code_invalid')
      assert.equal((await restore(service, mail.code)).status, 200)
    })
  })

  describe('the recipient of the recovery code (security 25)', () => {
    it('is the stored address, not the requested spelling', async () => {
      await insertUser(service, 'Stored@example.com')
      await forgot(service, 'sTORED@EXAMPLE.COM')
      assert.equal((await service.mailTo('Stored@example.com')).to, 'Stored@example.com')
      assertProblem(await forgot(service, 'stored@example.com,evil@evil.test'), 400, 'invalid')
    })
  })

  describeBodies('forgotPassword', () => service, { email: 'bad@example.com' })
})
