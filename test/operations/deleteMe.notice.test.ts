import assert from 'node:assert/strict'
import { deleteOldMails } from '../../generated/queries.ts'
import { assertProblem } from '../support/answers.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, addUser, type Person } from '../support/users.ts'
import { changeAddress, undo } from './support/emailChanges.ts'
import { tablesWith } from './support/everything.ts'

describe('the notice of an erased account (security 110)', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const deleteMe = () => service.call('deleteMe', { token: user.access, body: { current_password: password } })
  const rows = () => service.sql(`select from mails where kind = 'account_deleted'`)

  it('is sent after deleteMe in the user’s language, without a link', async () => {
    await service.sql(`update users set language = 'ru', first_name = 'Анна' where id = $1`, [user.id])
    assert.equal((await deleteMe()).status, 204)
    const { subject, text, html, link } = await service.mailTo(user.email)
    assert.equal(subject, 'Ваша учётная запись в accounts.test удалена')
    assert.equal(link, '')
    assert.doesNotMatch(text + html, /Анна|@|127\.0\.0\.1/)
    await service.countMails()
    assert.deepEqual(await tablesWith(service, user.email), [], 'the row has gone with the mail')
  })

  it('is sent after deleteUser, even to a suspended user', async () => {
    const superuser = await addUser(service, { superuser: true })
    await service.sql('update users set is_active = false where id = $1', [user.id])
    const path = { user_id: user.id }
    assert.equal((await service.call('deleteUser', { path, token: superuser.access })).status, 204)
    const { subject } = await service.mailTo(user.email)
    assert.equal(subject, 'Your account at accounts.test was deleted')
    await service.countMails()
    assert.deepEqual(await rows(), [])
  })

  it('is sent also to a former address that could still undo an email change', async () => {
    const [old, present] = [user.email, service.email()]
    const { code } = await changeAddress(service, user, old, present)
    assert.equal((await deleteMe()).status, 204)
    for (const email of [old, present])
      assert.equal((await service.mailTo(email)).subject, 'Your account at accounts.test was deleted')
    assertProblem(await undo(service, code), 400, 'code_invalid')
    await service.countMails()
    assert.deepEqual(await tablesWith(service, old, present), [])
  })

  it('is not sent if nothing was erased', async () => {
    const sent = await service.countMails()
    const body = { current_password: 'not the password' }
    assertProblem(await service.call('deleteMe', { token: user.access, body }), 400, 'current_password_incorrect')
    assert.equal(await service.countMails(), sent)
  })

  it('is deleted within a day if it cannot be sent', async () => {
    const add = (age: string, status: string) =>
      service.sql(
        `insert into mails (id, kind, address, status, language, created_at)
         values (gen_random_uuid(), 'account_deleted', $1, $2, 'en', now() - $3::interval)`,
        [user.email, status, age],
      )
    for (const status of ['queued', 'failed'])
      for (const age of ['22 hours', '23 hours 1 minute']) await add(age, status)
    await service.service.services.db.query(deleteOldMails({ batch: 100 }))
    const left = await service.sql<{ young: boolean }>(
      `select created_at > now() - interval '23 hours' as young from mails where kind = 'account_deleted'`,
    )
    assert.deepEqual(left, [{ young: true }, { young: true }])
    await service.sql(`delete from mails where kind = 'account_deleted'`)
  })
})
