import assert from 'node:assert/strict'
import { password, type TestService } from '../../support/service.ts'
import { addOwner } from '../../support/users.ts'
import { from, startLimited } from '../limits/support/attempts.ts'

describe('the limit of mails about new devices (security 90)', () => {
  let service: TestService
  before(async () => {
    service = await startLimited({ LIMIT_NEW_DEVICE_MAILS: '2/1h' })
  })
  after(() => service.stop())

  let devices = 0
  const signIn = async (email: string) => {
    const headers = { ...from('192.0.2.1'), 'User-Agent': `device of ${'x'.repeat(++devices)}` }
    assert.equal((await service.call('createToken', { body: { email, password }, headers })).status, 200)
  }
  const kindsOf = async (userId: string) =>
    (await service.sql<{ kind: string }>('select kind from mails where user_id = $1 order by id', [userId])).map(
      ({ kind }) => kind,
    )
  const countEvents = async (userId: string) =>
    (await service.sql(`select 1 from security_events where type = 'new_device' and user_id = $1`, [userId])).length
  const passHour = (userId: string) =>
    service.sql(`update mails set created_at = created_at - interval '1 hour' where user_id = $1`, [userId])

  it('allows a mail for each of two devices, then one summary, and limits no events', async () => {
    const { id, email } = await addOwner(service)
    for (let time = 0; time < 8; time++) await signIn(email)
    assert.deepEqual(await kindsOf(id), ['new_device', 'new_device', 'new_devices'])
    assert.equal(await countEvents(id), 7, 'all but the first device of the account')
    const mails = [await service.mailTo(email), await service.mailTo(email), await service.mailTo(email)]
    assert.deepEqual(mails.map(({ subject }) => subject).sort(), [
      'More new sign-ins to your account at accounts.test',
      'New sign-in to your account at accounts.test',
      'New sign-in to your account at accounts.test',
    ])
    const { text = '', link } = mails.find(({ subject }) => subject.startsWith('More')) ?? {}
    assert.match(text, /more sign-ins to your account at accounts\.test from new devices or networks/)
    assert.match(text, /list of your sessions/)
    assert.equal(link, '')
  })

  it('allows mails again after its time window', async () => {
    const { id, email } = await addOwner(service)
    await service.sql(`update users set language = 'ru' where id = $1`, [id])
    for (let time = 0; time < 5; time++) await signIn(email)
    await passHour(id)
    for (let time = 0; time < 4; time++) await signIn(email)
    const window = ['new_device', 'new_device', 'new_devices']
    assert.deepEqual(await kindsOf(id), [...window, ...window])
    const subjects = []
    for (let time = 0; time < 6; time++) subjects.push((await service.mailTo(email)).subject)
    assert.equal(subjects.filter((subject) => subject.startsWith('Новые входы')).length, 2)
  })

  it('counts each account separately, including simultaneous sign-ins', async () => {
    const [one, other] = [await addOwner(service), await addOwner(service)]
    await signIn(one.email)
    await Promise.all(Array.from({ length: 6 }, () => signIn(one.email)))
    assert.deepEqual((await kindsOf(one.id)).sort(), ['new_device', 'new_device', 'new_devices'])
    for (let time = 0; time < 2; time++) await signIn(other.email)
    assert.deepEqual(await kindsOf(other.id), ['new_device'])
  })

  it('does not apply to the notice of a changed password', async () => {
    const { id, email, access: token } = await addOwner(service)
    for (let time = 0; time < 5; time++) await signIn(email)
    const body = { current_password: password, password: 'another long one', password_confirm: 'another long one' }
    assert.equal((await service.call('changePassword', { token, body })).status, 200)
    assert.equal((await kindsOf(id)).at(-1), 'password_changed')
  })
})
