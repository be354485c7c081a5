import assert from 'node:assert/strict'
import { assertInvalid, assertProblem, fieldErrorsOf, withoutIds } from '../support/answers.ts'
import { beginTransaction, holdMails, untilBlocked } from '../support/locks.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addOwner, insertCode, insertUser, type Person } from '../support/users.ts'
import { describeUnreadableBodies, itRefusesBodies, type RefusedBody } from './support/describeBodies.ts'
import { describeCredentials } from './support/describeCredentials.ts'
import { addressesOf, confirm, requestChange, requestMail, signsIn, stateOf } from './support/emailChanges.ts'
import { getMe, restore } from './support/requests.ts'

describe('changeEmail', () => {
  let service: TestService
  let user: Person

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addOwner(service)
  })

  const request = (body: unknown, token = user.access) => service.call('changeEmail', { token, body })
  /** Sends a valid request with some members changed. */
  const send = (changes: object) => request({ current_password: password, email: service.email(), ...changes })
  const mailsOf = async (userId: string) =>
    (
      await service.sql<{ address: string; status: string }>(
        `select address, status from mails where user_id = $1 and kind = 'confirm_email' order by id`,
        [userId],
      )
    ).map(({ address, status }) => `${address} ${status}`)

  describe('the code that changeEmail mails (security 21, 29)', () => {
    it('goes to the new address, is valid for a day, and changes nothing until used', async () => {
      const email = service.email()
      const { status, headers, body } = await requestChange(service, user, email)
      assert.equal(status, 200)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.deepEqual(body, { detail: 'Check the mail of the new address to confirm the change.' })
      const mail = await service.mailTo(email)
      assert.match(mail.subject, /^Confirm your new email address for accounts\.test$/)
      assert.equal(mail.link, `http://accounts.test/account/confirm-email/?code=${mail.code}`)
      assert.match(
        mail.text,
        /On \d+ \w+ \d{4} at \d\d:\d\d UTC you asked to use this address for your account at accounts\.test\./,
      )
      assert.ok(!`${mail.text}${mail.html}`.includes(user.email))
      const [code] = await service.sql<{ seconds: number }>(
        `select extract(epoch from expires_at - now())::integer as seconds from codes where user_id = $1 and purpose = 'confirm_email'`,
        [user.id],
      )
      assert.ok(code && code.seconds > 86_400 - 60 && code.seconds <= 86_400, String(code?.seconds))
      assert.equal((await getMe(service, user.access)).body['email'], user.email)
      assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])
      assert.deepEqual([await signsIn(service, user.email), await signsIn(service, email)], [true, false])
    })
  })

  describe('the recipient of changeEmail’s mail (security 25)', () => {
    it('is the stored address, and the mail is in the user’s language', async () => {
      await service.sql(`update users set language = 'ru' where id = $1`, [user.id])
      await requestChange(service, user, 'Новый@ПРИМЕР.испытание')
      const { subject, text } = await service.mailTo('Новый@пример.испытание')
      assert.match(subject, /^Подтвердите новый адрес для accounts\.test$/)
      assert.match(text, /для вашей учётной записи в accounts\.test/)
    })
  })

  describe('the current password in changeEmail (security 29)', () => {
    it('is required; without it nothing changes', async () => {
      const before = await stateOf(service, user.id)
      const email = service.email()
      for (const wrong of ['wrong', `${password} `, password.toUpperCase()])
        assertProblem(await request({ current_password: wrong, email }), 400, 'current_password_incorrect')
      await service.sql('update users set password_hash = null where id = $1', [user.id])
      assertProblem(await request({ current_password: password, email }), 400, 'current_password_incorrect')
      const [, ...others] = await stateOf(service, user.id)
      assert.deepEqual(others, before.slice(1))
    })

    it('is refused if the user is suspended or the password changes during the check', async () => {
      for (const change of [`password_hash = '\\x00'`, 'is_active = false']) {
        user = await addOwner(service)
        const client = await beginTransaction(service.databaseUrl)
        try {
          await client.query(`update users set ${change} where id = '${user.id}'`)
          const answer = requestChange(service, user, service.email())
          await untilBlocked(service)
          await client.query('commit')
          assertProblem(await answer, 400, 'current_password_incorrect')
        } finally {
          await client.end()
        }
        assert.deepEqual(await service.sql('select from email_changes where user_id = $1', [user.id]), [])
        assert.deepEqual(await mailsOf(user.id), [])
      }
    })
  })

  describe('the user’s own email address in changeEmail (security 26)', () => {
    it('is refused in any spelling', async () => {
      const before = await stateOf(service, user.id)
      for (const same of [user.email, user.email.toUpperCase(), user.email.replace('@', '＠')]) {
        const answer = await requestChange(service, user, same)
        assertInvalid(answer, '/email')
        assert.deepEqual(fieldErrorsOf(answer), ['/email unchanged'])
      }
      assert.deepEqual(await stateOf(service, user.id), before)
    })
  })

  describe('a new email address that is taken or held (security 14)', () => {
    it('gets the same reply as a free address, but no mail is sent', async () => {
      const [taken, held, suspended] = ['taken@alike.test', 'held1@alike.test', 'suspe@alike.test']
      await insertUser(service, taken)
      await insertUser(service, suspended, { isActive: false })
      await insertUser(service, held)
      await service.sql(`update emails set kind = 'held', held_until = now() + interval '1 day' where address = $1`, [
        held,
      ])
      const answers = []
      const states = []
      for (const email of ['free1@alike.test', taken, held, suspended, taken.toUpperCase()]) {
        const asking = await addOwner(service)
        answers.push(withoutIds(await requestChange(service, asking, email)))
        await service.countMails()
        const [, emails, changes, , , , events] = (await stateOf(service, asking.id)) as object[][]
        states.push([emails?.length, changes?.length, events?.length])
        const status = email.startsWith('free') ? 'sent' : 'dropped'
        assert.deepEqual(await mailsOf(asking.id), [`${email.toLowerCase()} ${status}`])
      }
      assert.equal(answers[0]?.status, 200)
      for (const answer of answers) assert.deepEqual(answer, answers[0])
      for (const state of states) assert.deepEqual(state, states[0])
    })
  })

  describe('a newer request for an email change (security 14, 22)', () => {
    it('replaces the pending request, whether its address is free or taken', async () => {
      const taken = (await addOwner(service)).email
      for (const newer of [service.email(), taken]) {
        const { code } = await requestMail(service, user, service.email())
        assert.equal((await requestChange(service, user, newer)).status, 200)
        await service.countMails()
        assertProblem(await confirm(service, code), 400, 'code_invalid')
      }
      assert.deepEqual(await addressesOf(service, user.id), [`current ${user.email}`])
    })
  })

  it('leaves only one pending request after several simultaneous ones', async () => {
    const release = await holdMails(service, 'choice')
    const requests = Array.from({ length: 10 }, () => requestChange(service, user, service.email()))
    const answers = await Promise.all(requests).finally(release)
    for (const { status } of answers) assert.equal(status, 200)
    await service.countMails()
    const changes = await service.sql<{ address: string }>('select address from email_changes where user_id = $1', [
      user.id,
    ])
    assert.equal(changes.length, 1)
    const sent = (await mailsOf(user.id)).filter((mail) => mail.endsWith(' sent'))
    assert.deepEqual(sent, [`${String(changes[0]?.address)} sent`])
    const { code } = await service.mailTo(String(changes[0]?.address))
    assert.equal((await confirm(service, code)).status, 200)
  })

  describe('a recovery after changeEmail (security 22)', () => {
    it('cancels the pending request, before and after its mail is sent', async () => {
      const recover = async () => {
        const code = await insertCode(service, user.id, 'restore')
        assert.equal((await restore(service, code)).status, 200)
      }
      const sent = await requestMail(service, user, service.email())
      await recover()
      assertProblem(await confirm(service, sent.code), 400, 'code_invalid')

      user = await addOwner(service)
      const release = await holdMails(service, 'choice')
      const email = service.email()
      await requestChange(service, user, email).then(recover).finally(release)
      await service.countMails()
      assert.deepEqual(await mailsOf(user.id), [`${email} dropped`])
    })
  })

  it('records a security event with the IP address and device', async () => {
    const body = { current_password: password, email: service.email() }
    const headers = { 'User-Agent': 'a browser' }
    assert.equal((await service.call('changeEmail', { token: user.access, body, headers })).status, 200)
    assert.deepEqual(await eventsOf(service, user.id), [
      { type: 'email_change_requested', actor_id: null, ip_address: '127.0.0.1', user_agent: 'a browser' },
    ])
  })

  describeCredentials('changeEmail', () => service, {
    calls: () => [{ body: { surprise: 1 } }, { body: { current_password: password, email: service.email() } }],
  })

  describe('a malformed member of changeEmail’s body (security 6, 25, 68)', () => {
    const cases: RefusedBody[] = [
      ['no current password', { current_password: undefined }, '/current_password required'],
      ['no address', { email: undefined }, '/email required'],
      ['a number as the current password', { current_password: 12345678 }, '/current_password type'],
      ['null as the address', { email: null }, '/email type'],
      ['another text as the address', { email: 'no address' }, '/email format'],
      ['two addresses', { email: 'new@example.com,evil@evil.test' }, '/email format'],
      ['an address with a mail header', { email: 'a@evil.test\r\nBcc: b@evil.test' }, '/email format'],
      ['an address of 262 characters', { email: `${'a'.repeat(250)}@example.com` }, '/email max_length'],
      ['NUL in the address', { email: '\u0000new@example.com' }, '/email format'],
      ['NUL in the current password', { current_password: `${password}\u0000` }, '/current_password pattern'],
      ['a lone surrogate', { current_password: `${password}\ud800` }, '/current_password format'],
    ]
    itRefusesBodies(cases, send, () => stateOf(service, user.id))
  })

  describe('an unknown member of changeEmail’s body (security 65, 75)', () => {
    const cases: RefusedBody[] = [
      ['another password', { password }, '/password unknown_member'],
      ['constructor', { constructor: {} }, '/constructor unknown_member'],
    ]
    itRefusesBodies(cases, send, () => stateOf(service, user.id))
  })

  describeUnreadableBodies('changeEmail', () => service)
})
