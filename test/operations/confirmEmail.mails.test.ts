import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'
import { addOwner } from '../support/users.ts'
import { changeAddress, confirm, requestChange, undo } from './support/emailChanges.ts'

describe('the mails about an undone email change (security 103)', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  for (const [language, announced, undone, text] of [
    [
      'en',
      /For 7 days after the change, it can be undone from the previous address/,
      /^The change to this address .* was undone$/,
      /You can sign up/,
    ],
    [
      'ru',
      /В течение 7 дней после изменения его можно будет отменить/,
      /^Смена адреса в .* отменена$/,
      /Вы можете зарегистрироваться/,
    ],
  ] as const)
    it(`tell the new address that an undo is possible, and report it (${language})`, async () => {
      const user = await addOwner(service)
      await service.sql('update users set language = $2 where id = $1', [user.id, language])
      const email = service.email()
      await requestChange(service, user, email)
      const confirmation = await service.mailTo(email)
      assert.match(confirmation.text, announced)
      assert.equal((await confirm(service, confirmation.code)).status, 200)
      const { code } = await service.mailTo(user.email)
      assert.equal((await undo(service, code)).status, 200)
      const notice = await service.mailTo(email)
      assert.match(notice.subject, undone)
      assert.match(notice.text, text)
      assert.equal(notice.link, '')
      assert.ok(!`${notice.text}${notice.html}`.includes(user.email))
    })

  it('do not go to an address that still belongs to the account', async () => {
    const user = await addOwner(service)
    const [old, other] = [user.email, service.email()]
    const { code } = await changeAddress(service, user, old, other)
    await changeAddress(service, user, other, old)
    assert.equal((await undo(service, code)).status, 200)
    await service.countMails()
    assert.deepEqual(
      await service.sql(`select from mails where user_id = $1 and kind = 'email_change_undone'`, [user.id]),
      [],
    )
  })
})
