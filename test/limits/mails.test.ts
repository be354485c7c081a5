import assert from 'node:assert/strict'
import { password, type TestService } from '../support/service.ts'
import { addOwner, startLimited } from './support/attempts.ts'

type Counted = { status: string; count: number }

describe('mails to one recipient, 5 an hour and 20 a day (security 59)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_RECOVERY: '1000/1h', LIMIT_EMAIL_CHANGE_HOUR: '10/1h' })
  })
  after(() => service.stop())

  const forget = async (email: string) => {
    assert.equal((await service.call('forgotPassword', { body: { email } })).status, 200)
  }

  const mailsTo = (email: string) =>
    service.sql<Counted>(
      'select status, count(*)::integer as count from mails where address = $1 group by status order by status',
      [email],
    )

  it('100 times forgotten are 5 mails, the last of which stays good; the rest are dropped, and say why', async () => {
    const { email } = await addOwner(service)
    for (let time = 0; time < 5; time++) {
      await forget(email)
      await service.countMails()
    }
    await Promise.all(Array.from({ length: 95 }, () => forget(email)))
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

  it('100 at once are 5 at the most', async () => {
    const { email } = await addOwner(service)
    await Promise.all(Array.from({ length: 100 }, () => forget(email)))
    await service.countMails()
    const [dropped, sent] = await mailsTo(email)
    assert.equal(Number(dropped?.count) + Number(sent?.count), 100)
    assert.ok(Number(sent?.count) <= 5, JSON.stringify(sent)) // fewer where a later one has minted its code first
  })

  it('others get theirs meanwhile; an hour later there are 5 more, and 20 in a day', async () => {
    const { email } = await addOwner(service)
    for (let hour = 1; hour <= 5; hour++) {
      for (let time = 0; time < 6; time++) {
        await forget(email)
        await service.countMails()
      }
      assert.deepEqual((await mailsTo(email)).at(-1), { status: 'sent', count: Math.min(hour * 5, 20) })
      await service.sql(`update mails set created_at = created_at - interval '1 hour' where address = $1`, [email])
    }
  })

  it('registrations and changes of address count for the address that they mail to', async () => {
    const email = 'victim@example.com'
    for (let time = 0; time < 3; time++)
      await service.call('registerUser', { body: { email, password, password_confirm: password } })
    const { access: token } = await addOwner(service)
    for (let time = 0; time < 4; time++)
      await service.call('changeEmail', { token, body: { email, current_password: password } })
    await service.countMails()
    const sent = (await mailsTo(email)).find(({ status }) => status === 'sent')
    assert.equal(sent?.count, 5)
  })
})
