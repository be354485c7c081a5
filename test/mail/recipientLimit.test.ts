import assert from 'node:assert/strict'
import type { ReceivedMail } from '../support/receivedMail.ts'
import { password, type TestService } from '../support/service.ts'
import { addOwner } from '../support/users.ts'
import { startLimited } from '../domain/limits/support/attempts.ts'

type Counted = { status: string; count: number }

/** Waits for the next mail to an address, with a link that contains a path. */
async function untilLink(service: TestService, email: string, path: string): Promise<ReceivedMail> {
  for (;;) {
    const mail = await service.mailTo(email)
    if (mail.link.includes(path)) return mail
  }
}

describe('the limit of mails to one recipient (security 59)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_RECOVERY: '1000/1h', LIMIT_EMAIL_CHANGE_HOUR: '10/1h' })
  })
  after(() => service.stop())

  const requestRecovery = async (email: string) => {
    assert.equal((await service.call('forgotPassword', { body: { email } })).status, 200)
  }

  const mailsTo = (email: string) =>
    service.sql<Counted>(
      'select status, count(*)::integer as count from mails where address = $1 group by status order by status',
      [email],
    )

  it('sends 5 of 100 recovery mails and drops the rest; the last code stays valid', async () => {
    const { email } = await addOwner(service)
    for (let time = 0; time < 5; time++) {
      await requestRecovery(email)
      await service.countMails()
    }
    await Promise.all(Array.from({ length: 95 }, () => requestRecovery(email)))
    await service.countMails()
    assert.deepEqual(await mailsTo(email), [
      { status: 'dropped', count: 95 },
      { status: 'sent', count: 5 },
    ])
    const reasons = await service.sql(`select distinct last_error from mails where status = 'dropped'`)
    assert.deepEqual(reasons, [{ last_error: 'the recipient has had as many mails as LIMIT_MAILS_* allows' }])
    let code = ''
    for (let time = 0; time < 5; time++) code = (await service.mailTo(email)).code
    const body = { code, password: 'another long passphrase', password_confirm: 'another long passphrase' }
    assert.equal((await service.call('restorePassword', { body })).status, 200)
    await service.countMails()
    assert.deepEqual((await mailsTo(email)).at(-1), { status: 'sent', count: 6 }, 'the notice is not held back')
  })

  it('sends at most 5 of 100 mails that are requested at the same time', async () => {
    const { email } = await addOwner(service)
    await Promise.all(Array.from({ length: 100 }, () => requestRecovery(email)))
    await service.countMails()
    const [dropped, sent] = await mailsTo(email)
    assert.equal(Number(dropped?.count) + Number(sent?.count), 100)
    // Fewer than 5 are sent if parallel requests supersede one another.
    assert.ok(Number(sent?.count) <= 5, JSON.stringify(sent))
  })

  describe('the limit after an undone email change (security 100)', () => {
    it('does not drop the recovery mail to the restored address', async () => {
      const owner = await addOwner(service)
      const [old, taken] = [owner.email, service.email()]
      for (let time = 0; time < 20; time++) {
        await requestRecovery(old)
        await service.sql(`update mails set created_at = created_at - interval '1 hour' where address = $1`, [old])
      }
      const body = { email: taken, current_password: password }
      assert.equal((await service.call('changeEmail', { token: owner.access, body })).status, 200)
      const { code } = await service.mailTo(taken)
      assert.equal((await service.call('confirmEmail', { body: { code } })).status, 200)
      await service.countMails()
      await service.sql(`update mails set created_at = now() - interval '1 minute' where address = $1`, [old])
      const undo = await untilLink(service, old, '/undo-email/')
      assert.equal((await service.call('undoEmailChange', { body: { code: undo.code } })).status, 200)
      await service.countMails()
      const last = await service.sql(
        `select kind, status from mails where address = $1 and user_id = $2 order by created_at desc limit 1`,
        [old, owner.id],
      )
      assert.deepEqual(last, [{ kind: 'restore', status: 'sent' }])
      // Mails that anyone can request for the address remain limited.
      await requestRecovery(old)
      await service.countMails()
      assert.deepEqual(
        await service.sql(`select status from mails where address = $1 order by created_at desc limit 1`, [old]),
        [{ status: 'dropped' }],
      )
    })
  })

  it('allows 5 mails an hour and 20 a day', async () => {
    const { email } = await addOwner(service)
    for (let hour = 1; hour <= 5; hour++) {
      for (let time = 0; time < 6; time++) {
        await requestRecovery(email)
        await service.countMails()
      }
      assert.deepEqual((await mailsTo(email)).at(-1), { status: 'sent', count: Math.min(hour * 5, 20) })
      await service.sql(`update mails set created_at = created_at - interval '1 hour' where address = $1`, [email])
    }
  })

  it('counts the mails of registrations and email changes, too', async () => {
    const email = 'victim@example.com'
    for (let time = 0; time < 3; time++)
      await service.call('registerUser', { body: { email, password, password_confirm: password } })
    const { access: token } = await addOwner(service)
    for (let time = 0; time < 4; time++) {
      await service.call('changeEmail', { token, body: { email, current_password: password } })
      await service.countMails() // otherwise the next change would supersede a mail that is not sent yet
    }
    const sent = (await mailsTo(email)).find(({ status }) => status === 'sent')
    assert.equal(sent?.count, 5)
  })
})
