import assert from 'node:assert/strict'
import type { ReceivedMail } from '../support/receivedMail.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, quickHash } from '../support/users.ts'
import { requestChange, requestMail, confirm } from '../operations/support/emailChanges.ts'

const canary = 'canary-of-a-stranger'

/** Asserts that a mail contains no text of the attacker and no address or domain but the service's. */
function assertNoForeignText({ subject, text, html }: ReceivedMail): void {
  for (const part of [subject, text, html]) {
    assert.doesNotMatch(part, new RegExp(canary, 'i'))
    assert.doesNotMatch(part, /@|…/)
  }
}

describe('mails that another person can cause (security 90)', () => {
  let service: TestService
  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  async function addStranger() {
    const stranger = await addOwner(service)
    const email = `${canary}@${canary}.example`
    await service.sql('delete from emails where address = $1', [email])
    await service.sql('update users set email = $2, first_name = $3, last_name = $3 where id = $1', [
      stranger.id,
      email,
      canary,
    ])
    await service.sql('update emails set address = $2 where user_id = $1', [stranger.id, email])
    return stranger
  }

  for (const language of ['en', 'ru']) {
    it(`do not reveal the account that requests an email change (${language})`, async () => {
      const stranger = await addStranger()
      await service.sql('update users set language = $2 where id = $1', [stranger.id, language])
      const mail = await requestMail(service, stranger, service.email())
      assert.equal(mail.link, `http://accounts.test/account/confirm-email/?code=${mail.code}`)
      assertNoForeignText(mail)
    })

    it(`do not contain the new address in the notice to the former address (${language})`, async () => {
      const owner = await addOwner(service)
      await service.sql('update users set language = $2 where id = $1', [owner.id, language])
      const { code } = await requestMail(service, owner, `${canary}-${language}@${canary}.example`)
      assert.equal((await confirm(service, code)).status, 200)
      assertNoForeignText(await service.mailTo(owner.email))
    })

    it(`do not contain the names in a registration (${language})`, async () => {
      const email = service.email()
      const names = { first_name: canary, last_name: canary, language }
      const body = { email, password, password_confirm: password, ...names }
      assert.equal((await service.call('registerUser', { body })).status, 201)
      assertNoForeignText(await service.mailTo(email))
      const owner = await addOwner(service)
      await service.call('registerUser', { body: { ...body, email: owner.email } })
      assertNoForeignText(await service.mailTo(owner.email))
    })
  }

  it('greet without a name, and say when to ignore the mail', async () => {
    const owner = await addOwner(service)
    await service.sql('update users set password_hash = $2 where id = $1', [owner.id, Buffer.from(await quickHash)])
    const email = service.email()
    await service.call('forgotPassword', { body: { email: owner.email } })
    await service.call('registerUser', { body: { email, password, password_confirm: password } })
    for (const mail of [await service.mailTo(owner.email), await service.mailTo(email)]) {
      assert.match(mail.text, /^Hello,\n\nYou /)
      assert.match(mail.text, /If this was not you, .*ignore this email/i)
    }
    await requestChange(service, owner, service.email())
  })
})
