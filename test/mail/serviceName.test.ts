import assert from 'node:assert/strict'
import { password, TestService } from '../support/service.ts'

describe('mails of a service with an internationalized base URL', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start({ HOST_FOR_SEND_MAIL: 'https://Аккаунты.рф:8443/вход' })
  })
  after(() => service.stop())

  for (const language of ['en', 'ru']) {
    it(`contain the host in its own script, and link to its ASCII form (${language})`, async () => {
      const email = service.email()
      const body = { email, password, password_confirm: password, language }
      assert.equal((await service.call('registerUser', { body })).status, 201)
      const { subject, text, html, link } = await service.mailTo(email)
      assert.ok(subject.includes('аккаунты.рф:8443'), subject)
      assert.ok(text.includes('аккаунты.рф:8443'))
      assert.match(link, /^https:\/\/xn--80aa3aaq4af0e\.xn--p1ai:8443\/%D0%B2%D1%85%D0%BE%D0%B4\/api\//)
      for (const part of [subject, text, html]) assert.ok(!part.replaceAll(link, '').includes('xn--'))
    })
  }
})
