import assert from 'node:assert/strict'
import { password, TestService } from '../support/service.ts'
import { addOwner, addUser, insertCode, quickHash, type Person } from '../support/users.ts'
import { changeAddress } from './support/emailChanges.ts'

const [home, thief] = ['198.51.100.7', '203.0.113.7']

describe('devices from which an attacker has signed in (security 109)', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback', RATE_LIMITS: 'on', LIMIT_SIGN_IN_ACCOUNT: '3/1h' })
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const from = (ip: string) => ({ 'X-Forwarded-For': ip, 'User-Agent': `Browser of ${ip}` })
  const signIn = async (email: string, ip: string, word = password) =>
    (await service.call('createToken', { body: { email, password: word }, headers: from(ip) })).status
  const restore = async (ip: string) => {
    const code = await insertCode(service, user.id, 'restore')
    const body = { code, password, password_confirm: password }
    assert.equal((await service.call('restorePassword', { body, headers: from(ip) })).status, 200)
  }
  const networks = async () => {
    const text = 'select network::text from devices where user_id = $1 order by network'
    return (await service.sql<{ network: string }>(text, [user.id])).map(({ network }) => network)
  }
  const newDeviceMails = async () => {
    await service.countMails()
    return (await service.sql(`select from mails where user_id = $1 and kind = 'new_device'`, [user.id])).length
  }

  it('are no longer known after a recovery, and are reported as new again', async () => {
    for (const ip of [home, thief]) assert.equal(await signIn(user.email, ip), 200)
    assert.deepEqual(await networks(), ['198.51.100.0/24', '203.0.113.0/24'])
    assert.equal(await newDeviceMails(), 1)
    await restore(home)
    assert.deepEqual(await networks(), ['198.51.100.0/24'])
    assert.equal(await signIn(user.email, home), 200)
    assert.equal(await newDeviceMails(), 1, 'the requesting client stays known')
    assert.equal(await signIn(user.email, thief), 200)
    assert.equal(await newDeviceMails(), 2)
  })

  it('are no longer exempt from a lockout of the account after a recovery', async () => {
    for (const ip of [home, thief]) assert.equal(await signIn(user.email, ip), 200)
    await restore(home)
    for (const ip of ['192.0.2.1', '192.0.2.65', '192.0.2.129'])
      assert.equal(await signIn(user.email, ip, 'a wrong password'), 401)
    assert.equal(await signIn(user.email, thief), 429)
    assert.equal(await signIn(user.email, home), 200)
  })

  it('are no longer known after an undone email change, unlike the device of the undo', async () => {
    for (const ip of [home, thief]) assert.equal(await signIn(user.email, ip), 200)
    const { code } = await moveQuietly()
    const headers = from(home)
    assert.equal((await service.call('undoEmailChange', { body: { code }, headers })).status, 200)
    assert.deepEqual(await networks(), ['198.51.100.0/24'])
  })

  it('are all forgotten after an undone email change from an unknown device', async () => {
    for (const ip of [home, thief]) assert.equal(await signIn(user.email, ip), 200)
    const { code } = await moveQuietly()
    const headers = from('192.0.2.200')
    assert.equal((await service.call('undoEmailChange', { body: { code }, headers })).status, 200)
    assert.deepEqual(await networks(), [])
  })

  it('remain known for other users', async () => {
    const other = await addUser(service, { passwordHash: await quickHash })
    assert.equal(await signIn(other.email, thief), 200)
    await restore(home)
    assert.equal((await service.sql('select from devices where user_id = $1', [other.id])).length, 1)
  })

  /** Changes the address. @returns the notice with the undo link, after other mails to the old address */
  async function moveQuietly() {
    let notice = await changeAddress(service, user, user.email, service.email())
    while (!notice.link.includes('/undo-email/')) notice = await service.mailTo(user.email)
    return notice
  }
})
