import assert from 'node:assert/strict'
import { assertInvalid, assertProblem, assertUnauthorized, fieldErrorsOf } from '../support/answers.ts'
import { withFailingInserts } from '../support/failingInserts.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { addSession, addUser, insertCode, quickHash, type Person } from '../support/users.ts'
import { describeUnreadableBodies } from './support/describeBodies.ts'
import { describeCredentials } from './support/describeCredentials.ts'
import { getMe, refreshPair, restore, statusOfSignIn } from './support/requests.ts'

const newPassword = 'another horse, another battery'

describe('changePassword', () => {
  let service: TestService
  let hash: Uint8Array
  let user: Person

  before(async () => {
    service = await TestService.start({ TRUSTED_PROXIES: 'loopback' })
    hash = await quickHash
  })
  after(() => service.stop())
  beforeEach(async () => {
    user = await addUser(service, { passwordHash: hash })
  })

  const headers = { 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'a test' }
  const change = (given: Record<string, unknown> = {}) => {
    const body = { current_password: password, password: newPassword, password_confirm: newPassword, ...given }
    return service.call('changePassword', { token: user.access, body, headers })
  }
  /** Returns all rows that a change of password writes. */
  const traces = async () => [
    await service.sql('select password_hash from users where id = $1', [user.id]),
    await service.sql('select ended_by from sessions where user_id = $1', [user.id]),
    await service.sql('select purpose from codes where user_id = $1', [user.id]),
    await service.sql('select kind from mails where user_id = $1', [user.id]),
    await eventsOf(service, user.id),
  ]

  describe('a change of the password (security 11, 39)', () => {
    it('sets the new password, and ends all sessions but the current one', async () => {
      const other = await addSession(service, user.id)
      const { status, body, headers: received } = await change()
      assert.deepEqual([status, body], [200, { detail: 'The password is changed. Your other sessions have ended.' }])
      assert.equal(received.get('cache-control'), 'no-store')
      assert.deepEqual(
        [await statusOfSignIn(service, user.email, password), await statusOfSignIn(service, user.email, newPassword)],
        [401, 200],
      )
      assertUnauthorized(await getMe(service, other.access), 'token_not_valid')
      assertUnauthorized(await refreshPair(service, other.refresh), 'token_not_valid')
      assert.equal((await getMe(service, user.access)).status, 200)
      assert.equal((await refreshPair(service, user.refresh)).status, 200)
      const ended = await service.sql('select ended_by from sessions where user_id = $1 and ended_at is not null', [
        user.id,
      ])
      assert.deepEqual(ended, [{ ended_by: 'password_changed' }])
    })
  })

  describe('mailed codes after a change of the password (security 22)', () => {
    it('are voided, except codes that undo an email change', async () => {
      const code = await insertCode(service, user.id, 'restore')
      for (const purpose of ['confirm_email', 'undo_email']) await insertCode(service, user.id, purpose)
      assert.equal((await change()).status, 200)
      assertProblem(await restore(service, code, 'a third password'), 400, 'code_invalid')
      assert.deepEqual(await service.sql('select purpose from codes where user_id = $1', [user.id]), [
        { purpose: 'undo_email' },
      ])
    })
  })

  describe('the notice and the event of a changed password (security 28, 78)', () => {
    it('are a mail in the user’s language without a link, and a recorded event', async () => {
      assert.equal((await change()).status, 200)
      const { subject, text, link } = await service.mailTo(user.email)
      assert.equal(subject, 'Your password for accounts.test was changed')
      assert.match(text, /all other sessions were ended/)
      assert.ok(link === '' && !text.includes(newPassword))
      const event = { type: 'password_changed', actor_id: null, ip_address: '203.0.113.7', user_agent: 'a test' }
      assert.deepEqual(await eventsOf(service, user.id), [event])
      await service.sql(`update users set language = 'ru' where id = $1`, [user.id])
      assert.equal((await change({ current_password: newPassword })).status, 200)
      assert.match((await service.mailTo(user.email)).text, /все остальные сеансы завершены/)
    })
  })

  describe('the current password in changePassword (security 11)', () => {
    it('is required; without it nothing changes', async () => {
      await addSession(service, user.id)
      await insertCode(service, user.id, 'restore')
      const before = await traces()
      for (const current_password of ['wrong password', `${password} `, password.toUpperCase(), newPassword])
        assertProblem(await change({ current_password }), 400, 'current_password_incorrect')
      assert.deepEqual(await traces(), before)
      assert.equal((await change()).status, 200)
    })

    it('is always incorrect for a user without a password, such as an invited user', async () => {
      await service.sql('update users set password_hash = null where id = $1', [user.id])
      assertProblem(await change(), 400, 'current_password_incorrect')
    })
  })

  describe('the new password in changePassword (security 1, 2, 5)', () => {
    it('is checked as in a registration, and before the current password', async () => {
      const before = await traces()
      for (const [given, ...errors] of [
        [{ password: '1234567', password_confirm: '1234567' }, '/password password_too_short'],
        [{ password_confirm: 'something else' }, '/password_confirm password_mismatch'],
        [{ password: '1234567' }, '/password password_too_short', '/password_confirm password_mismatch'],
      ] as const) {
        const answer = await change({ ...given, current_password: 'wrong password' })
        assertProblem(answer, 400, 'invalid')
        assert.deepEqual(fieldErrorsOf(answer), errors)
      }
      assertInvalid(
        await change({ password: 'x'.repeat(257), password_confirm: 'x'.repeat(257) }),
        '/password',
        '/password_confirm',
      )
      assert.deepEqual(await traces(), before)
      assert.equal((await change({ password: 'pässword', password_confirm: 'pa\u0308ssword' })).status, 200)
      assert.equal(await statusOfSignIn(service, user.email, 'pa\u0308ssword'), 200)
    })
  })

  it('changes nothing if recording the security event fails', async () => {
    await addSession(service, user.id)
    await insertCode(service, user.id, 'restore')
    const before = await traces()
    await withFailingInserts(service, 'security_events', async () => {
      assertProblem(await change(), 500, 'internal')
      assert.deepEqual(await traces(), before)
    })
  })

  describe('the members of changePassword’s body (security 6, 68, 75)', () => {
    it('are named if they are missing, malformed or unknown', async () => {
      for (const member of ['current_password', 'password', 'password_confirm'])
        for (const value of [undefined, 12345678, null, '', 'a\u0000bcdefgh', '\ud800bcdefgh'])
          assertInvalid(await change({ [member]: value }), `/${member}`)
      assertInvalid(await change({ email: 'x@example.com', __proto__x: 1 }), '/email', '/__proto__x')
    })
  })

  describeCredentials('changePassword', () => service, {
    calls: () => [
      { body: { surprise: 1 } },
      { body: { current_password: password, password: newPassword, password_confirm: newPassword } },
    ],
  })

  describeUnreadableBodies('changePassword', () => service)
})
