import assert from 'node:assert/strict'
import { assertProblem, fieldErrorsOf } from '../support/answers.ts'
import { TestService } from '../support/service.ts'
import { forgot, register } from './support/requests.ts'

// Each address as the client typed it, as it is stored and mailed to, and as it is compared.
const accepted: [form: string, email: string, address: string][] = [
  ['ADMIN@EXAMPLE.COM', 'ADMIN@example.com', 'admin@example.com'],
  [' admin@example.com\n', 'admin@example.com', 'admin@example.com'],
  ['admin＠example.com', 'admin@example.com', 'admin@example.com'],
  ['admin@ＥＸＡＭＰＬＥ．com', 'admin@example.com', 'admin@example.com'],
  ['admin@\u212Aelvin.example', 'admin@kelvin.example', 'admin@kelvin.example'],
  ['я@почта.рф', 'я@почта.рф', 'я@xn--80a1acny.xn--p1ai'],
  ['я@xn--80a1acny.xn--p1ai', 'я@почта.рф', 'я@xn--80a1acny.xn--p1ai'],
  ['caf\u00e9@example.com', 'caf\u00e9@example.com', 'caf\u00e9@example.com'],
  ["o'hara+tag@sub.example.com", "o'hara+tag@sub.example.com", "o'hara+tag@sub.example.com"],
]

const refused: [why: string, form: string][] = [
  ['a local part in NFD', 'cafe\u0301@example.com'],
  ['U+212A in the local part', '\u212Aelvin@example.com'],
  ['a full-width local part', 'ａdmin@example.com'],
  ['a zero-width space', 'ad\u200bmin@example.com'],
  ['a soft hyphen in the domain', 'admin@exam\u00adple.com'],
  ['a second @', 'admin@example.com@evil.test'],
  ['a second, full-width @', 'admin＠example.com@evil.test'],
  ['two addresses', 'admin@example.com,evil@evil.test'],
  ['a name with an address', 'Admin <admin@example.com>'],
  ['a comment', 'admin(comment)@example.com'],
  ['a quoted local part', '"admin"@example.com'],
  ['a line break with another mail header', 'admin@example.com\r\nBcc: evil@evil.test'],
  ['a space', 'ad min@example.com'],
  ['a dot at the start', '.admin@example.com'],
  ['two dots in a row', 'ad..min@example.com'],
  ['no domain', 'admin@'],
  ['no local part', '@example.com'],
  ['a host without a dot', 'admin@localhost'],
  ['an IP address', 'admin@127.0.0.1'],
  ['an IP literal', 'admin@[127.0.0.1]'],
  ['punycode that cannot be decoded', 'admin@xn--zzzzzzzzzz--.com'],
  ['a final dot', 'admin@example.com.'],
  ['65 bytes of local part', `${'a'.repeat(65)}@example.com`],
  ['255 characters', `admin@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(62)}.com`],
]

describe('the email address in registerUser (security 25, 26)', () => {
  let service: TestService

  before(async () => {
    service = await TestService.start()
  })
  after(() => service.stop())

  for (const [form, email, address] of accepted) {
    it(`is accepted as ${form}, and mails go to ${email}`, async () => {
      const { status, body } = await register(service, form)
      assert.equal(status, 201)
      assert.equal(body['email'], email)
      await service.mailTo(email)
      const rows = await service.sql<{ address: string }>(
        'select address from registrations order by created_at desc limit 1',
      )
      assert.equal(rows[0]?.address, address)
    })
  }

  for (const [why, email] of refused) {
    it(`is refused: ${why}`, async () => {
      const answer = await register(service, email)
      assertProblem(answer, 400, 'invalid')
      assert.match(fieldErrorsOf(answer).join(), /^\/email (format|max_length)/)
    })
  }

  it('identifies the same account in each spelling', async () => {
    const email = 'one@почта.рф'
    await service.activeUser({ email })
    await register(service, 'ONE＠xn--80a1acny.xn--p1ai')
    assert.match((await service.mailTo(email)).subject, /^You already have an account/)
    for (const twin of ['one@ПОЧТА.РФ', 'One＠почта.рф', 'one@XN--80A1ACNY.XN--P1AI']) {
      await forgot(service, twin)
      assert.match((await service.mailTo(email)).subject, /^Set a new password/)
    }
    await service.signIn('ONE@ПОЧТА.рф')
    assert.equal((await service.sql('select from users')).length, 1)
  })
})
