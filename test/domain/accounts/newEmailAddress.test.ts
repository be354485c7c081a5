import assert from 'node:assert/strict'
import { fieldErrorsOf, assertProblem } from '../../support/answers.ts'
import { password, TestService, type SignedIn } from '../../support/service.ts'
import { insertUser, quickHash } from '../../support/users.ts'

const refused: [reason: string, local: string][] = [
  ['a variation selector', 'admin\ufe0f'],
  ['a variation selector of another plane', 'admin\u{e0100}'],
  ['a grapheme joiner', 'ad\u034fmin'],
  ['a Hangul filler', 'admin\u115f'],
  ['an invisible Khmer vowel', 'admin\u17b4'],
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
  ['letters of Cherokee that look Latin', 'ᎪᎠᎷ'],
  ['Arabic digits among Latin letters', 'admin٣'],
  ['digits of two systems', 'محمد1٢'],
  ['digits of two Arabic systems', 'محمد٢۲'],
  ['right-to-left letters after a digit', '1משה'],
  ['a dot above an i', 'adm\u0131\u0307n'],
  ['a second dot above a dotted letter', 'admi\u0307n'],
  ['the same mark twice', 'a\u0335\u0335'],
  ['a mark without a letter', 'a.\u0335b'],
  ['an enclosing mark', 'admin\u20dd'],
  ['Hangul letters that form no syllable', '\u1100\u1100'],
]

// prettier-ignore
const accepted = [
  "o'brien+tag", 'Ångström', 'ñandú_1', 'ТЕСТ-2', 'почта.ящик', 'иван+shop', 'ΟΔΟΣ', '山田たろう', 'yamadaタロウ1',
  'ㄅㄆ用abc', '김jane', 'محمد٢١', 'משה12', 'नमस्ते', 'สวัสดี', 'người.dùng',
]

describe('email addresses with look-alike or invisible characters (security 104)', () => {
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
    it(`are refused by registerUser: ${reason}`, async () => {
      const answer = await register(`${local}@example.com`)
      assertProblem(answer, 400, 'invalid')
      assert.deepEqual(fieldErrorsOf(answer), ['/email format'])
    })

  it('are refused by registerUser if the domain has invisible characters', async () => {
    for (const domain of ['exam\ufe0fple.com', 'example\u034f.com', 'e\u{e0100}xample.com', 'exam\u115fple.com'])
      assert.deepEqual(fieldErrorsOf(await register(`admin@${domain}`)), ['/email format'], domain)
  })

  it('may use one script, or scripts that are usually mixed, in registerUser', async () => {
    for (const local of accepted) assert.equal((await register(`${local}@example.com`)).status, 201, local)
  })

  it('are refused by createUser and changeEmail, too', async () => {
    const email = 'admin\ufe0f@example.com'
    const created = await service.call('createUser', { token: superuser.access, body: { email } })
    assert.deepEqual(fieldErrorsOf(created), ['/email format'])
    const body = { email: 'аdmin@example.com', current_password: superuser.password }
    const changed = await service.call('changeEmail', { token: superuser.access, body })
    assert.deepEqual(fieldErrorsOf(changed), ['/email format'])
  })

  it('are still accepted from existing users for sign-in and recovery', async () => {
    for (const email of ['аdmin@example.com', 'admin\ufe0f@example.com']) {
      const id = await insertUser(service, email)
      await service.sql('update users set password_hash = $2 where id = $1', [id, Buffer.from(await quickHash)])
      const { access } = await service.signIn(email)
      const listed = await service.call('listUsers', { token: superuser.access, query: { email } })
      assert.equal(listed.body['count'], 1)
      const passwords = {
        current_password: password,
        password: 'another horse battery',
        password_confirm: 'another horse battery',
      }
      assert.equal((await service.call('changePassword', { token: access, body: passwords })).status, 200)
      await service.mailTo(email)
      assert.equal((await service.call('forgotPassword', { body: { email } })).status, 200)
      const { code } = await service.mailTo(email)
      const restored = await service.call('restorePassword', { body: { code, password, password_confirm: password } })
      assert.equal(restored.status, 200)
      await service.signIn(email)
    }
  })
})
