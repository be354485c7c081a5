import assert from 'node:assert/strict'
import { assertProblem, withoutIds } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { insertRegistration, insertUser } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { activate, resend, restore } from './support/requests.ts'

describe('resendActivation', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  describe('the link that resendActivation mails (security 22, 89)', () => {
    it('lets the user choose a password, and voids the link of an earlier request', async () => {
      const email = service.email()
      await insertRegistration(service, email)
      const { status, headers, body } = await resend(service, email)
      assert.equal(status, 200)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.deepEqual(body, { detail: 'If this address waits for activation, a new link is on its way.' })
      const first = await service.mailTo(email)
      assert.match(first.link, /\/account\/restore-password\//)
      await resend(service, email)
      const second = await service.mailTo(email)
      assertProblem(await activate(service, second.code), 400, 'code_invalid')
      assertProblem(await restore(service, first.code), 400, 'code_invalid')
      assert.equal((await restore(service, second.code)).status, 200)
    })
  })

  describe('the original link of the registration (security 89)', () => {
    it('remains usable', async () => {
      const email = service.email()
      const { id, code } = await insertRegistration(service, email)
      await resend(service, email)
      await service.mailTo(email)
      assert.equal((await activate(service, code)).status, 200)
      assert.deepEqual(await service.sql('select id from users where email = $1', [email]), [{ id }])
    })
  })

  describe('the lifetime of the new code (security 21)', () => {
    it('is an hour by the database’s clock', async () => {
      const email = service.email()
      const { id } = await insertRegistration(service, email)
      await resend(service, email)
      await service.mailTo(email)
      const [code] = await service.sql<{ seconds: number }>(
        `select extract(epoch from expires_at - now())::integer as seconds from codes
       where user_id = $1 and purpose = 'restore'`,
        [id],
      )
      assert.ok(code && code.seconds > 3600 - 60 && code.seconds <= 3600, String(code?.seconds))
    })
  })

  describe('requests for known and unknown email addresses (security 15)', () => {
    it('get the same reply: pending, active, suspended, unknown', async () => {
      await insertRegistration(service, 'wait@example.com')
      await insertUser(service, 'user@example.com', { language: 'ru' })
      await insertUser(service, 'susp@example.com', { isActive: false })
      const sent = await service.countMails()
      const answers = await Promise.all(
        ['wait', 'user', 'susp', 'none'].map((name) => resend(service, `${name}@example.com`)),
      )
      const [first, ...others] = answers.map(withoutIds)
      assert.equal(first?.status, 200)
      for (const answer of others) assert.deepEqual(answer, first)
      assert.equal((await service.countMails()) - sent, 2)
      assert.notEqual((await service.mailTo('wait@example.com')).code, '')
      const notice = await service.mailTo('user@example.com')
      assert.match(notice.subject, /^У вас уже есть учётная запись/)
      assert.doesNotMatch(notice.text + notice.html, /code=|[\w-]{40}/)
    })
  })

  it('sends no mail for an expired registration', async () => {
    const email = service.email()
    const { id } = await insertRegistration(service, email)
    await service.sql(`update registrations set expires_at = now() - interval '1 second' where user_id = $1`, [id])
    const sent = await service.countMails()
    assert.equal((await resend(service, email)).status, 200)
    assert.equal(await service.countMails(), sent)
  })

  it('refuses a malformed email address', async () => {
    assertProblem(await resend(service, 'not an address'), 400, 'invalid')
    assertProblem(await resend(service, 'a@example.com, b@example.com'), 400, 'invalid')
  })

  describeBodies('resendActivation', () => service, { email: 'bad@example.com' })
})
