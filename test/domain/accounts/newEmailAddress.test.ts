import assert from 'node:assert/strict'
import { fieldErrorsOf, assertProblem } from '../../support/answers.ts'
import { password, TestService, type SignedIn } from '../../support/service.ts'
import { insertUser, quickHash } from '../../support/users.ts'

// What is refused of a new address, by the reason; the last part is the local part.
const refused: [reason: string, local: string][] = [
  ['a variation selector', 'admin\ufe0f'],
  ['a variation selector of another plane', 'admin\u{e0100}'],
  ['a grapheme joiner', 'ad\u034fmin'],
  ['a Hangul filler', 'admin\u115f'],
  ['a Khmer vowel that does not show', 'admin\u17b4'],
  ['a Mongolian variation selector', 'admin\u180b'],
  ['a joiner', 'ad\u200dmin'],
  ['a word joiner', 'ad\u2060min'],
  ['a tag', 'admin\u{e0061}'],
  ['a direction mark', 'admin\u200e'],
  ['a Cyrillic letter among Latin ones', 'аdmin'],
  ['a Latin letter among Cyrillic ones', 'aдмин'],
  ['a Greek letter among Latin ones', 'αdmin'],
  ['an Armenian letter among Latin ones', 'adօmin'],
  ['two scripts on both sides of a dot', 'иван.ivan'],
  ['Bopomofo with Katakana', 'ㄅカ'],
  ['Cyrillic with Han', 'да用户'],
  ['letters of Cherokee, twins of Latin ones', 'ᎪᎠᎷ'],
  ['Arabic digits among Latin letters', 'admin٣'],
  ['digits of two systems', 'محمد1٢'],
  ['digits of two Arabic systems', 'محمد٢۲'],
  ['right-to-left letters after a digit', '1משה'],
  ['a dot above an i', 'adm\u0131\u0307n'],
  ['a second dot above a dotted letter', 'admi\u0307n'],
  ['the same mark twice', 'a\u0335\u0335'],
  ['a mark without a letter', 'a.\u0335b'],
  ['an enclosing mark', 'admin\u20dd'],
  ['Hangul letters that make no syllable', '\u1100\u1100'],
]

const accepted = [
  "o'brien+tag",
  'Ångström',
  'ñandú_1',
  'ТЕСТ-2',
  'почта.ящик',
  'иван+shop',
  'ΟΔΟΣ',
  '山田たろう',
  'yamadaタロウ1',
  'ㄅㄆ用abc',
  '김jane',
  'محمد٢١',
  'משה12',
  'नमस्ते',
  'สวัสดี',
  'người.dùng',
]

describe('look-alike addresses (security 104)', () => {
  let service: TestService
  let superuser: SignedIn
  before(async () => {
    service = await TestService.start()
    superuser = await service.signedIn({ superuser: true })
  })
  after(() => service.stop())

  const register = (email: string) =>
    service.call('registerUser', { body: { email, password, password_confirm: password } })

  for (const [reason, local] of refused)
    it(`registerUser refuses ${reason}`, async () => {
      const answer = await register(`${local}@example.com`)
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(answer), ['/email format'])
    })

  it('registerUser refuses invisible characters in the domain', async () => {
    for (const domain of ['exam\ufe0fple.com', 'example\u034f.com', 'e\u{e0100}xample.com', 'exam\u115fple.com'])
      assert.deepEqual(fieldErrorsOf(await register(`admin@${domain}`)), ['/email format'], domain)
  })

  it('registerUser accepts one script, or those that are written together', async () => {
    for (const local of accepted) assert.equal((await register(`${local}@example.com`)).status, 201, local)
  })

  it('createUser and changeEmail refuse the same', async () => {
    const email = 'admin\ufe0f@example.com'
    const created = await service.call('createUser', { token: superuser.access, body: { email } })
    assert.deepEqual(fieldErrorsOf(created), ['/email format'])
    const body = { email: 'аdmin@example.com', current_password: superuser.password }
    const changed = await service.call('changeEmail', { token: superuser.access, body })
    assert.deepEqual(fieldErrorsOf(changed), ['/email format'])
  })

  it('lets a user sign in and recover whose stored address breaks the rule', async () => {
    for (const email of ['аdmin@example.com', 'admin\ufe0f@example.com']) {
      const id = await insertUser(service, email)
      await service.sql('update users set password_hash = $2 where id = $1', [id, Buffer.from(await quickHash)])
      const { access } = await service.signIn(email)
      const listed = await service.call('listUsers', { token: superuser.access, query: { email } })
      assert.equal(listed.body['count'], 1)
      const words = {
        current_password: password,
        password: 'another horse battery',
        password_confirm: 'another horse battery',
      }
      assert.equal((await service.call('changePassword', { token: access, body: words })).status, 200)
      await service.mailTo(email)
      assert.equal((await service.call('forgotPassword', { body: { email } })).status, 200)
      const { code } = await service.mailTo(email)
      const restored = await service.call('restorePassword', { body: { code, password, password_confirm: password } })
      assert.equal(restored.status, 200)
      await service.signIn(email)
    }
  })
})

describe('names with hidden characters (security 104)', () => {
  let service: TestService
  let superuser: SignedIn
  before(async () => {
    service = await TestService.start()
    superuser = await service.signedIn({ superuser: true })
  })
  after(() => service.stop())

  const change = (name: string) =>
    service.call('updateMe', { token: superuser.access, body: { first_name: name, last_name: name } })

  it('updateMe refuses controls, direction changes and what does not show', async () => {
    const hidden =
      '85 9f ad 34f 61c 115f 1160 17b4 17b5 180b 180e 200b 200e 200f 2028 2029 202a 202b 202c 202d 202e 2060 2064 2065 ' +
      '2066 2067 2068 2069 206a 206f 3164 fe00 fe0f feff ffa0 fff9 fffb fdd0 ffff 1bca0 1d173 1ffff e0001 e0041 e0100 e0fff'
    for (const point of hidden.split(' ')) {
      const answer = await change(`An${String.fromCodePoint(parseInt(point, 16))}na`)
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(answer), ['/first_name format', '/last_name format'], point)
    }
    for (const name of ['\u200d', 'a \u200c', 'a\u200d\u200d'])
      assert.deepEqual(fieldErrorsOf(await change(name)), ['/first_name format', '/last_name format'])
  })

  it('updateMe accepts the joiners of Persian and emoji, and parts of characters', async () => {
    for (const name of ['علی\u200cرضا', '👩\u200d💻', '🏳️\u200d🌈', '❤️', '1️⃣', '葛\u{e0100}城', 'José', 'O’Brien', ''])
      assert.equal((await change(name)).status, 200, name)
  })

  it('registerUser, createUser and updateUser refuse the same', async () => {
    const names = { first_name: 'A\u0085', last_name: '\u202eB' }
    const faults = ['/first_name format', '/last_name format']
    const person = { email: service.email(), password, password_confirm: password, ...names }
    assert.deepEqual(fieldErrorsOf(await service.call('registerUser', { body: person })), faults)
    const { access: token, id: user_id } = superuser
    const created = await service.call('createUser', { token, body: { email: service.email(), ...names } })
    assert.deepEqual(fieldErrorsOf(created), faults)
    assert.deepEqual(fieldErrorsOf(await service.call('updateUser', { token, path: { user_id }, body: names })), faults)
  })

  it('getMe shows a name that was stored by earlier rules', async () => {
    await service.sql(`update users set first_name = E'A\\u0085', last_name = E'\\u202eB' where id = $1`, [
      superuser.id,
    ])
    const { status, body } = await service.call('getMe', { token: superuser.access })
    assert.deepEqual([status, body['first_name'], body['last_name']], [200, 'A\u0085', '\u202eB'])
  })
})
