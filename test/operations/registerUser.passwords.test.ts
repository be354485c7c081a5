import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { activate, statusOfSignIn } from './support/requests.ts'

describe('the password in registerUser', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start({ PASSWORD_MIN_LENGTH: '15' })
  })
  after(() => service.stop())

  const register = (email: string, password: string, confirm = password) =>
    service.call('registerUser', { body: { email, password, password_confirm: confirm } })

  /** Registers with a password and activates. @returns the address */
  async function activated(password: string): Promise<string> {
    const email = service.email()
    assert.equal((await register(email, password)).status, 201)
    const { code } = await service.mailTo(email)
    assert.equal((await activate(service, code)).status, 200)
    return email
  }

  describe('the minimum length of a password (security 1)', () => {
    it('is counted in code points: 15 emoji are enough, 14 are not', async () => {
      assert.equal((await register(service.email(), '😀'.repeat(15))).status, 201)
      const answer = await register(service.email(), '😀'.repeat(14))
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(answer), ['/password password_too_short'])
      assert.match(JSON.stringify(answer.body), /at least 15 characters/)
    })
  })

  describe('the maximum length of a password (security 2, 4)', () => {
    it('is 256 characters, all of which are compared', async () => {
      const long = 'пароль 8'.repeat(8)
      const first = await activated(long)
      assert.equal(await statusOfSignIn(service, first, long.slice(0, 63)), 401)
      assert.equal(await statusOfSignIn(service, first, long), 200)
      const longest = `${'a'.repeat(254)}😀 `
      const second = await activated(longest)
      assert.equal(await statusOfSignIn(service, second, longest.trimEnd()), 401)
      assert.equal(await statusOfSignIn(service, second, longest), 200)
      const answer = await register(service.email(), 'a'.repeat(257))
      assertProblem(answer, 400, 'invalid')
      assert.ok(fieldErrorsOf(answer).includes('/password max_length'))
    })
  })

  describe('the characters of a password (security 3)', () => {
    it('may all be of one kind', async () => {
      assert.equal((await register(service.email(), ' '.repeat(15))).status, 201)
    })
  })

  describe('the Unicode forms of a password (security 5)', () => {
    it('are equal: NFC, NFD and full width', async () => {
      const composed = 'pässwörd école 15'.normalize('NFC')
      const email = await activated(composed)
      assert.equal(await statusOfSignIn(service, email, composed.normalize('NFD')), 200)
      assert.equal(await statusOfSignIn(service, email, composed.replace('15', '１５')), 200)
      assert.equal(await statusOfSignIn(service, email, composed.replaceAll('ö', 'o')), 401)
      assert.equal((await register(service.email(), composed, composed.normalize('NFD'))).status, 201)
    })
  })
})
