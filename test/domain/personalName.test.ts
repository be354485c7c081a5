import assert from 'node:assert/strict'
import { fieldErrorsOf, assertProblem } from '../support/answers.ts'
import { password, TestService, type SignedIn } from '../support/service.ts'

describe('names with invisible characters (security 104)', () => {
  let service: TestService
  let superuser: SignedIn
  before(async () => {
    service = await TestService.start()
    superuser = await service.signedIn({ superuser: true })
  })
  after(() => service.stop())

  const rename = (name: string) =>
    service.call('updateMe', { token: superuser.access, body: { first_name: name, last_name: name } })

  it('are refused by updateMe: control characters, direction marks and others', async () => {
    const hidden =
      '85 9f ad 34f 61c 115f 1160 17b4 17b5 180b 180e 200b 200e 200f 2028 2029 202a 202b 202c 202d 202e 2060 2064 2065 ' +
      '2066 2067 2068 2069 206a 206f 3164 fe00 fe0f feff ffa0 fff9 fffb fdd0 ffff 1bca0 1d173 1ffff e0001 e0041 e0100 e0fff'
    for (const point of hidden.split(' ')) {
      const answer = await rename(`An${String.fromCodePoint(parseInt(point, 16))}na`)
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(answer), ['/first_name format', '/last_name format'], point)
    }
    for (const name of ['\u200d', 'a \u200c', 'a\u200d\u200d'])
      assert.deepEqual(fieldErrorsOf(await rename(name)), ['/first_name format', '/last_name format'])
  })

  it('may contain joiners in Persian and emoji, and variation selectors, in updateMe', async () => {
    for (const name of ['علی\u200cرضا', '👩\u200d💻', '🏳️\u200d🌈', '❤️', '1️⃣', '葛\u{e0100}城', 'José', 'O’Brien', ''])
      assert.equal((await rename(name)).status, 200, name)
  })

  it('are refused by registerUser, createUser and updateUser', async () => {
    const names = { first_name: 'A\u0085', last_name: '\u202eB' }
    const errors = ['/first_name format', '/last_name format']
    const person = { email: service.email(), password, password_confirm: password, ...names }
    assert.deepEqual(fieldErrorsOf(await service.call('registerUser', { body: person })), errors)
    const { access: token, id: user_id } = superuser
    const created = await service.call('createUser', { token, body: { email: service.email(), ...names } })
    assert.deepEqual(fieldErrorsOf(created), errors)
    assert.deepEqual(fieldErrorsOf(await service.call('updateUser', { token, path: { user_id }, body: names })), errors)
  })

  it('are still returned by getMe if they were stored before the present rules', async () => {
    await service.sql(`update users set first_name = E'A\\u0085', last_name = E'\\u202eB' where id = $1`, [
      superuser.id,
    ])
    const { status, body } = await service.call('getMe', { token: superuser.access })
    assert.deepEqual([status, body['first_name'], body['last_name']], [200, 'A\u0085', '\u202eB'])
  })
})
