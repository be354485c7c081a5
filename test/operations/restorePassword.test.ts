import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf } from '../support/answers.ts'
import { eventsOf } from '../support/securityEvents.ts'
import { password, TestService } from '../support/service.ts'
import { insertCode, insertUser } from '../support/users.ts'
import { describeBodies } from './support/describeBodies.ts'
import { forgot, getMe, refreshPair, statusOfSignIn } from './support/requests.ts'

const newPassword = 'another horse, another battery'

describe('restorePassword', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  const restore = (code: string, word = newPassword, confirm = word) =>
    service.call('restorePassword', { body: { code, password: word, password_confirm: confirm } })
  const withCode = async (email = service.email()) => {
    const id = await insertUser(service, email)
    return { email, id, code: await insertCode(service, id, 'restore') }
  }

  describe('the recovery of an account (security 22, 23, 39)', () => {
    it('sets the password, ends all sessions and codes, and returns no tokens', async () => {
      const user = await service.signedIn()
      const second = await service.signIn(user.email)
      await forgot(service, user.email)
      const { code } = await service.mailTo(user.email)
      const other = await insertCode(service, user.id, 'restore')

      const { status, headers, body } = await restore(code)
      assert.equal(status, 200)
      assert.deepEqual(body, { detail: 'The new password is set. Sign in with it.' })
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('set-cookie'), null)

      for (const { access, refresh } of [user, second]) {
        assertProblem(await getMe(service, access), 401, 'token_not_valid')
        assertProblem(await refreshPair(service, refresh), 401, 'token_not_valid')
      }
      const sessions = await service.sql('select ended_by from sessions where user_id = $1', [user.id])
      assert.deepEqual(sessions, [{ ended_by: 'password_restored' }, { ended_by: 'password_restored' }])
      assertProblem(await restore(other), 400, 'code_invalid')
      assert.equal(await statusOfSignIn(service, user.email, password), 401)
      assert.equal(await statusOfSignIn(service, user.email, newPassword), 200)
    })
  })

  describe('the notice of a recovery (security 28)', () => {
    it('is in the user’s language, without a link', async () => {
      const { email, id, code } = await withCode()
      await service.sql(`update users set language = 'ru' where id = $1`, [id])
      await restore(code)
      const { subject, text, link } = await service.mailTo(email)
      assert.match(subject, /^Ваш пароль для accounts\.test изменён/)
      assert.match(text, /все остальные сеансы завершены/)
      assert.equal(link, '')
      assert.ok(!text.includes(newPassword))
    })
  })

  describe('the event of a recovery (security 78)', () => {
    it('contains the IP address and device', async () => {
      const { id, code } = await withCode()
      const send = (word: string) =>
        service.call('restorePassword', {
          body: { code, password: word, password_confirm: word },
          headers: { 'User-Agent': 'a test' },
        })
      assertProblem(await send('short'), 400, 'invalid')
      assert.deepEqual(await eventsOf(service, id), [])
      for (const status of [200, 400]) assert.equal((await send(newPassword)).status, status)
      const event = { type: 'password_restored', actor_id: null, ip_address: '127.0.0.1', user_agent: 'a test' }
      assert.deepEqual(await eventsOf(service, id), [event])
    })
  })

  describe('a recovery code (security 20)', () => {
    it('sets only one of the passwords of five simultaneous requests', async () => {
      const { email, id, code } = await withCode()
      const words = Array.from({ length: 5 }, (_, index) => `the password of request ${index}`)
      const answers = await Promise.all(words.map((word) => restore(code, word)))
      const winner = answers.findIndex(({ status }) => status === 200)
      answers.splice(winner, 1)
      for (const answer of answers) assertProblem(answer, 400, 'code_invalid')
      assert.equal(await statusOfSignIn(service, email, String(words[winner])), 200)
      const notices = await service.sql(`select from mails where kind = 'password_changed' and user_id = $1`, [id])
      assert.equal(notices.length, 1)
    })
  })

  describe('the new password in restorePassword (security 1)', () => {
    it('is checked before the code is used up', async () => {
      const { code } = await withCode()
      const mismatch = await restore(code, newPassword, 'something else')
      assertProblem(mismatch, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(mismatch), ['/password_confirm password_mismatch'])
      const short = await restore(code, '1234567')
      assertProblem(short, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(short), ['/password password_too_short'])
      assertProblem(await restore(code, 'a'.repeat(257)), 400, 'invalid')
      assert.equal((await restore(code)).status, 200)
    })
  })

  it('refuses the code of a suspended or deleted user', async () => {
    const { id, code } = await withCode()
    await service.sql('update users set is_active = false where id = $1', [id])
    assertProblem(await restore(code), 400, 'code_invalid')
    assert.deepEqual(await service.sql('select password_hash from users where id = $1', [id]), [
      { password_hash: null },
    ])
    await service.sql('delete from users where id = $1', [id])
    assertProblem(await restore(code), 400, 'code_invalid')
  })

  it('confirms the email address of an invited user', async () => {
    const { id, code } = await withCode()
    await service.sql('update users set email_confirmed = false where id = $1', [id])
    await restore(code)
    assert.deepEqual(await service.sql('select email_confirmed from users where id = $1', [id]), [
      { email_confirmed: true },
    ])
  })

  describeBodies('restorePassword', () => service, { code: 'a code', password, password_confirm: password })
})
