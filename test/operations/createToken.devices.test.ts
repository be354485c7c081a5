import assert from 'node:assert/strict'
import { assertProblem } from '../support/answers.ts'
import { withFailingInserts } from '../support/failingInserts.ts'
import { eventsOf, eventTypesOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addUser, type Person } from '../support/users.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
const laterFirefox = firefox.replaceAll('145.0', '146.0')
const home = '203.0.113.7'
const device = 'Mozilla (X11; Linux x86_64; rv) Gecko Firefox'

describe('createToken with a new device', () => {
  let service: TestService
  let hash: Uint8Array
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback', RATE_LIMITS: 'off' })
    hash = await service.service.services.passwords.hash(password)
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: hash })
  })

  const signIn = (address = home, userAgent = firefox) =>
    service.signIn(user.email, { 'X-Forwarded-For': address, 'User-Agent': userAgent })
  /** Inserts the device that a first sign-in records, for tests of the next one. */
  const signedInBefore = () =>
    service.sql(`insert into devices (user_id, network, device) values ($1, '203.0.113.0/24', $2)`, [user.id, device])
  const mails = () =>
    service.sql<{ address: string; about: string }>(
      `select address, about from mails where kind = 'new_device' and user_id = $1`,
      [user.id],
    )
  const devices = async () => {
    const rows = await service.sql<{ seen: string }>(
      `select concat_ws(' ', network, device) as seen from devices where user_id = $1 order by first_seen_at`,
      [user.id],
    )
    return rows.map(({ seen }) => seen)
  }

  it('sends no notice of the first sign-in of a user', async () => {
    await signIn()
    assert.deepEqual(await devices(), [`203.0.113.0/24 ${device}`])
    assert.deepEqual([await eventTypesOf(service, user.id), await mails()], [[], []])
  })

  describe('the notice of a new device (security 28)', () => {
    it('contains the time and device of the sign-in, and how to end the session', async () => {
      await signedInBefore()
      await signIn('2001:db8:1:2:3::4', 'curl/8.5.0')
      const event = { type: 'new_device', actor_id: null, ip_address: '2001:db8:1:2:3::4', user_agent: 'curl/8.5.0' }
      assert.deepEqual(await eventsOf(service, user.id), [event])
      const [session] = await service.sql<{ id: string }>(
        'select id from sessions where user_id = $1 order by created_at desc limit 1',
        [user.id],
      )
      assert.deepEqual(await mails(), [{ address: user.email, about: session?.id }])
      const { subject, text, link } = await service.mailTo(user.email)
      assert.equal(subject, 'New sign-in to your account at accounts.test')
      assert.match(text, /^Time: \d+ \w+ \d{4} at \d\d:\d\d UTC\nDevice: curl\nIP address: 2001:db8:1:2:3::4$/m)
      assert.match(text, /Set a new one right away\. That ends every session/)
      assert.match(text, /^http:\/\/accounts\.test\/account\/forgot-password\/$/m)
      assert.match(text, /^http:\/\/accounts\.test\/account\/sessions\/$/m)
      assert.equal(link, '')
    })

    it('is in the language of the user', async () => {
      await service.sql(`update users set language = 'ru' where id = $1`, [user.id])
      await signedInBefore()
      await signIn('198.51.100.1')
      const { subject, text } = await service.mailTo(user.email)
      assert.equal(subject, 'Новый вход в вашу учётную запись в accounts.test')
      assert.match(text, /^Устройство: Firefox на Linux\nIP-адрес: 198\.51\.100\.1$/m)
    })

    it('goes to the email address that the user had at the sign-in', async () => {
      await signedInBefore()
      const before = user.email
      await signIn('198.51.100.1')
      await service.sql('update users set email = $2 where id = $1', [user.id, 'attacker@example.com'])
      assert.deepEqual(
        (await mails()).map(({ address }) => address),
        [before],
      )
      assert.match((await service.mailTo(before)).subject, /^New sign-in/)
    })
  })

  describe('a device that is already known', () => {
    it('remains known in its /24 or /64, in any browser version', async () => {
      await signedInBefore()
      await signIn('203.0.113.200', laterFirefox)
      await signIn('::ffff:203.0.113.1')
      assert.deepEqual([(await devices()).length, await mails()], [1, []])
      await signIn('2001:db8:1:2::1')
      await signIn('2001:db8:1:2:ffff:ffff:ffff:ffff', laterFirefox)
      assert.deepEqual(
        (await devices()).map((seen) => seen.split(' ')[0]),
        ['203.0.113.0/24', '2001:db8:1:2::/64'],
      )
      assert.equal((await mails()).length, 1)
      for (const [address, agent] of [
        ['203.0.114.7', firefox],
        ['2001:db8:1:3::1', firefox],
        [home, 'curl/8.5.0'],
        [home, ''],
      ] as const) {
        await signIn(address, agent)
        await signIn(address, agent)
      }
      assert.equal((await mails()).length, 5)
      assert.equal((await eventTypesOf(service, user.id)).length, 5)
    })

    it('is still new for another user', async () => {
      await signedInBefore()
      const first = user
      user = await addUser(service, { passwordHash: hash })
      await signIn('198.51.100.1')
      await signIn()
      assert.deepEqual([(await mails()).length, await eventTypesOf(service, first.id)], [1, []])
    })

    it('is not stored for a wrong password', async () => {
      const body = { email: user.email, password: 'wrong password' }
      await service.call('createToken', { body, headers: { 'X-Forwarded-For': home } })
      assert.deepEqual(await devices(), [])
    })
  })

  describe('simultaneous sign-ins with new devices', () => {
    it('cause one mail for one new device', async () => {
      await signedInBefore()
      await Promise.all(Array.from({ length: 8 }, () => signIn('198.51.100.1')))
      assert.deepEqual([(await mails()).length, await eventTypesOf(service, user.id)], [1, ['new_device']])
    })

    it('cause one mail for two devices of a user without known devices', async () => {
      await Promise.all([signIn(), signIn('198.51.100.1')])
      assert.deepEqual([(await mails()).length, (await devices()).length], [1, 2])
    })
  })

  describe('a sign-in that ends in a 500 (security 78)', () => {
    it('does not make its device known', async () => {
      await signedInBefore()
      await withFailingInserts(service, 'sessions', async () => {
        const headers = { 'X-Forwarded-For': '198.51.100.1' }
        const answer = await service.call('createToken', { body: { email: user.email, password }, headers })
        assertProblem(answer, 500, 'internal')
        assert.deepEqual([(await devices()).length, await mails()], [1, []])
      })
      await signIn('198.51.100.1')
      assert.equal((await mails()).length, 1)
    })
  })
})
