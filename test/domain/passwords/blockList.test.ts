import assert from 'node:assert/strict'
import { fieldErrorsOf, assertProblem } from '../../support/answers.ts'
import { fieldErrorOf, pageOf, sendForm } from '../../support/pages.ts'
import { password as current, TestService, type Answer } from '../../support/service.ts'
import { insertCode, insertUser, addUser, type Person } from '../../support/users.ts'

const good = 'gatehouse of the seven winds'

describe('the block list, in every operation that sets a password (security 7)', () => {
  let service: TestService
  let superuser: Person
  let user: Person

  before(async () => {
    service = await TestService.start({ PASSWORD_BLOCK_LIST: 'on' })
    superuser = await addUser(service, { superuser: true })
    user = await addUser(service, { passwordHash: await service.service.services.passwords.hash(current) })
  })
  after(() => service.stop())

  const twice = (password: string) => ({ password, password_confirm: password })

  /**
   * Asserts that a common password, the service's name and the address are refused, and that a good password is not.
   */
  async function assertRefusals(set: (password: string) => Promise<Answer>, email: string, status: number) {
    for (const [password, error] of [
      ['PassWord1', '/password password_too_common'],
      ['Accounts.Test', '/password password_too_personal'],
      [email.toUpperCase(), '/password password_too_personal'],
      [`${email.split('@')[0] ?? ''}!2024`, '/password password_too_personal'],
    ] as const) {
      const answer = await set(password)
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(answer), [error], password)
    }
    assert.equal((await set(good)).status, status)
  }

  it('makes registerUser refuse common and personal passwords', async () => {
    const email = 'anna@winds.example'
    const register = (password: string) => service.call('registerUser', { body: { email, ...twice(password) } })
    await assertRefusals(register, email, 201)
  })

  it('makes createUser refuse common and personal passwords', async () => {
    const [token, email] = [superuser.access, 'berta@winds.example']
    await assertRefusals((password) => service.call('createUser', { token, body: { email, password } }), email, 201)
  })

  it('makes changePassword refuse common and personal passwords', async () => {
    const change = (password: string) =>
      service.call('changePassword', { token: user.access, body: { current_password: current, ...twice(password) } })
    await assertRefusals(change, user.email, 200)
  })

  it('makes restorePassword refuse common and personal passwords', async () => {
    const email = 'carla@winds.example'
    const code = await insertCode(service, await insertUser(service, email), 'restore')
    const restore = (password: string) => service.call('restorePassword', { body: { code, ...twice(password) } })
    await assertRefusals(restore, email, 200)
  })

  it('lets restorePassword report a used code before a common password', async () => {
    const id = await insertUser(service, 'dead@example.com')
    const dead = await insertCode(service, id, 'restore')
    await service.sql('update codes set used_at = now() where user_id = $1', [id])
    const answers = await Promise.all(
      ['dead2024', 'PassWord1', 'short', good].map((password) =>
        service.call('restorePassword', { body: { code: dead, ...twice(password) } }),
      ),
    )
    for (const answer of answers) assertProblem(answer, 400, 'code_invalid')
  })

  it('uses up no recovery code, and is explained on the recovery page in two languages', async () => {
    const id = await insertUser(service, 'vera@example.com')
    const field = { code: await insertCode(service, id, 'restore') }
    const post = async (password: string, language: string) => {
      await service.sql('update users set language = $2 where id = $1', [id, language])
      return sendForm(service, '/account/restore-password/', { ...field, ...twice(password) })
    }
    for (const [password, language, sentence] of [
      ['12345678', 'en', /is common and easy to guess/],
      ['Vera.2024', 'en', /consists only of your email address/],
      ['12345678', 'ru', /слишком распространён/],
      ['Vera.2024', 'ru', /только из вашего адреса/],
    ] as const) {
      const answer = await post(password, language)
      assert.equal(answer.status, 400)
      assert.match(fieldErrorOf(pageOf(answer), 'password'), sentence)
    }
    assert.equal((await post(good, 'en')).status, 200)
  })
})
