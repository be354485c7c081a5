import assert from 'node:assert/strict'
import { TestService } from '../support/service.ts'
import { addUser, insertMail, type Person } from '../support/users.ts'
import { describeMailAction } from './support/describeMailAction.ts'

describe('retryMail', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const retry = (id: string) => service.call('retryMail', { path: { mail_id: id }, token: superuser.access })

  it('queues a failed mail again, which the worker then sends', async () => {
    const user = await addUser(service)
    const id = await insertMail(service, user)
    const { status, body } = await retry(id)
    const { created_at: created, ...mail } = body
    assert.match(String(created), /Z$/)
    const expected = { id, kind: 'password_changed', email: user.email, status: 'queued', attempts: 1 }
    assert.deepEqual([status, mail], [200, expected])
    assert.match((await service.mailTo(user.email)).subject, /password/i)
    await service.countMails()
    assert.deepEqual(await service.sql('select status, attempts from mails where id = $1', [id]), [
      { status: 'sent', attempts: 2 },
    ])
  })

  it('sends a mail again that was sent and then bounced', async () => {
    const user = await addUser(service)
    const id = await insertMail(service, user)
    await service.sql('update mails set sent_at = now() where id = $1', [id])
    assert.ok((await retry(id)).body['sent_at'])
    assert.ok(await service.mailTo(user.email))
  })

  it('makes a queued mail due now', async () => {
    const user = await addUser(service)
    const id = await insertMail(service, user, { status: 'queued' })
    await service.sql(
      `select graphile_worker.add_job('deliver_mail', json_build_object('id', $1::text), job_key => $1::text,
         run_at => now() + interval '1 day')`,
      [id],
    )
    assert.equal((await retry(id)).status, 200)
    assert.ok(await service.mailTo(user.email))
  })

  describe('the code in a mail that is retried (security 22)', () => {
    it('is a new one, which works', async () => {
      const { email } = await service.activeUser()
      await service.call('forgotPassword', { body: { email } })
      const first = await service.mailTo(email)
      await service.countMails()
      const [sent] = await service.sql<{ id: string }>(
        `update mails set status = 'failed' where address = $1 and kind = 'restore' returning id`,
        [email],
      )
      assert.equal((await retry(sent?.id ?? '')).status, 200)
      const { code } = await service.mailTo(email)
      assert.notEqual(code, first.code)
      const body = { code, password: 'another long password', password_confirm: 'another long password' }
      assert.equal((await service.call('restorePassword', { body })).status, 200)
    })
  })

  describeMailAction('retryMail', () => service)
})
