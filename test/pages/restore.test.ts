import assert from 'node:assert/strict'
import { TestService, type Answer } from '../support/service.ts'
import { insertCode, insertRegistration, insertUser } from '../support/users.ts'

const path = '/account/restore-password/'
const word = 'another horse, another battery'

describe('the recovery page, if it is submitted twice', () => {
  let service: TestService
  let id: string
  let email: string
  let code: string

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())
  beforeEach(async () => {
    email = service.email()
    id = await insertUser(service, email)
    code = await insertCode(service, id, 'restore')
  })

  const post = (password = word, confirm = password, mailed = code) =>
    service.fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ code: mailed, password, password_confirm: confirm }).toString(),
    })
  const assertDone = ({ status, body }: Answer) => {
    assert.equal(status, 200)
    assert.match(String(body['text']), /<h1>Your new password is set</)
  }
  const assertDead = ({ status, body }: Answer) => {
    assert.equal(status, 400)
    assert.match(String(body['text']), /<title>Error: (This link has already been used|Your account is suspended)/)
  }
  const state = () =>
    Promise.all([
      service.sql('select password_hash from users where id = $1', [id]),
      service.sql('select type from security_events where user_id = $1', [id]),
      service.sql('select id from mails where user_id = $1', [id]),
      service.sql('select id, ended_at from sessions where user_id = $1', [id]),
    ])

  it('shows the success message again, and changes nothing', async () => {
    assertDone(await post())
    assert.equal((await service.call('createToken', { body: { email, password: word } })).status, 200)
    const before = await state()
    for (let time = 0; time < 3; time++) assertDone(await post())
    assert.deepEqual(await state(), before)
  })

  it('shows the success message to both of two parallel requests', async () => {
    for (const answer of await Promise.all([post(), post()])) assertDone(answer)
    const events = await service.sql('select type from security_events where user_id = $1', [id])
    assert.deepEqual(events, [{ type: 'password_restored' }])
  })

  it('shows the success message again for an account that the code created', async () => {
    const registration = await insertRegistration(service, service.email())
    const mailed = await insertCode(service, registration.id, 'restore')
    for (const answer of await Promise.all([post(word, word, mailed), post(word, word, mailed)])) assertDone(answer)
    assertDone(await post(word, word, mailed))
  })

  it('refuses a different password the second time', async () => {
    assertDone(await post())
    assertDead(await post('a quite different password'))
    assertDead(await post(word, 'a quite different password'))
    const other = await insertCode(service, id, 'restore')
    assertDone(await post('the password after that', undefined, other))
    assertDead(await post())
  })

  it('refuses a suspended user, and a code that was used more than 10 minutes ago', async () => {
    assertDone(await post())
    await service.sql('update users set is_active = false where id = $1', [id])
    assertDead(await post())
    await service.sql('update users set is_active = true where id = $1', [id])
    assertDone(await post())
    await service.sql(`update codes set used_at = now() - interval '10 minutes' where user_id = $1`, [id])
    assertDead(await post())
  })

  it('checks at most 10 repeated passwords for each used code', async () => {
    assertDone(await post())
    const guesses = await Promise.all(Array.from({ length: 15 }, (_, index) => post(`a guess of number ${index}`)))
    for (const answer of guesses) assertDead(answer)
    assertDead(await post())
    const [row] = await service.sql('select repetitions from codes where user_id = $1', [id])
    assert.deepEqual(row, { repetitions: 10 })
  })

  describe('the operation restorePassword (security 20)', () => {
    it('does not accept a used code, unlike the page', async () => {
      const body = { code, password: word, password_confirm: word }
      const statuses = []
      for (let time = 0; time < 2; time++) statuses.push((await service.call('restorePassword', { body })).status)
      assert.deepEqual(statuses, [200, 400])
    })
  })
})

describe('the activation page of a second registration', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  for (const [language, expected] of [
    ['en', /<h1>Your account is already active<[^]* If you did not choose its password yourself/],
    ['ru', /<h1>Учётная запись уже активна<[^]* Если её пароль задали не вы/],
  ] as const)
    it(`says that the account is already active, in ${language}`, async () => {
      const email = service.email()
      const first = await insertRegistration(service, email, language)
      const second = await insertRegistration(service, email, language)
      const click = (code: string) =>
        service.fetch('/account/activate/', {
          method: 'POST',
          headers: { 'Accept-Language': language, 'Content-Type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ code }).toString(),
        })
      assert.equal((await click(first.code)).status, 200)
      const { status, body } = await click(second.code)
      assert.equal(status, 200)
      assert.match(String(body['text']), expected)
      assert.doesNotMatch(String(body['text']), /role="alert"/)
      assert.deepEqual(await service.sql('select id from users where email = $1', [email]), [{ id: first.id }])
    })
})
