import assert from 'node:assert/strict'
import { NIL } from 'uuid'
import { TestService } from '../support/service.ts'
import { addUser, insertMail, type Person } from '../support/users.ts'
import { describeMailAction } from './support/describeMailAction.ts'

describe('discardMail', () => {
  let service: TestService
  let superuser: Person

  before(async () => {
    service = await TestService.start()
    superuser = await addUser(service, { superuser: true })
  })
  after(() => service.stop())

  const discard = async (id: string) => {
    const { status, body } = await service.call('discardMail', { path: { mail_id: id }, token: superuser.access })
    const { created_at: _, ...mail } = body
    return { status, mail }
  }
  const dropped = { kind: 'password_changed', status: 'dropped', attempts: 1, last_error: 'discarded by a superuser' }

  for (const status of ['queued', 'failed'])
    it(`drops a mail with the status ${status}, and removes its job`, async () => {
      const user = await addUser(service)
      const id = await insertMail(service, user, { status })
      await service.sql(
        `select graphile_worker.add_job('deliver_mail', json_build_object('id', $1::text), job_key => $1::text,
           run_at => now() + interval '1 day')`,
        [id],
      )
      assert.deepEqual(await discard(id), { status: 200, mail: { id, email: user.email, ...dropped } })
      assert.deepEqual(await service.sql('select from graphile_worker._private_jobs where key = $1', [id]), [])
    })

  it('drops a mail that was sent and then bounced', async () => {
    const id = await insertMail(service, await addUser(service))
    await service.sql('update mails set sent_at = now() where id = $1', [id])
    const { mail } = await discard(id)
    assert.deepEqual([mail['status'], 'sent_at' in mail], ['dropped', true])
  })

  it('clears an email address that belongs to no user', async () => {
    const id = await insertMail(service, { id: NIL, email: 'nobody@example.com' })
    assert.deepEqual(await discard(id), { status: 200, mail: { id, ...dropped } })
    assert.deepEqual(await service.sql('select address from mails where id = $1', [id]), [{ address: '' }])
  })

  describeMailAction('discardMail', () => service)
})
