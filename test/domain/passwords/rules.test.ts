import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkNewPassword, loadPasswordRules, type PasswordRules } from '../../../src/domain/passwords/rules.ts'
import { Problem, StartError } from '../../../src/problems.ts'

const settings = { passwordMinLength: 8, passwordBlockList: true, baseUrl: 'https://accounts.example.com' }

/** Returns the errors of a new password, each as "/password password_too_short". */
function errorsOf(password: string, email: string, rules: PasswordRules, confirmation = password): string[] {
  try {
    checkNewPassword({ password, password_confirm: confirmation }, email, rules)
    return []
  } catch (error) {
    assert(error instanceof Problem && error.code === 'invalid')
    return (error.errors ?? []).map(({ pointer, code }) => `${String(pointer)} ${code}`)
  }
}

describe('the rules for new passwords (security 1, 3)', () => {
  const emoji = '👩‍🚀'
  for (const [password, minLength, isAccepted] of [
    ['12345678', 8, true],
    ['1234567', 8, false],
    ['😀'.repeat(15), 15, true],
    ['😀'.repeat(14), 15, false],
    [emoji.repeat(5), 15, true],
    ['        ', 8, true],
    ['ﬁ'.repeat(4), 8, true],
    ['é'.normalize('NFD').repeat(4), 8, false],
  ] as const) {
    it(`${isAccepted ? 'accept' : 'refuse'} ${JSON.stringify(password)} (minimum ${minLength})`, () => {
      const errors = errorsOf(password, 'ann@example.com', { minLength, blockList: undefined })
      assert.deepEqual(errors, isAccepted ? [] : ['/password password_too_short'])
    })
  }

  it('name all errors of a new password', () => {
    const errors = errorsOf('short', 'ann@example.com', { minLength: 8, blockList: undefined }, 'other')
    assert.deepEqual(errors, ['/password password_too_short', '/password_confirm password_mismatch'])
  })
})

describe('the block list (security 7)', () => {
  let rules: PasswordRules

  before(async () => {
    rules = await loadPasswordRules(settings)
  })

  const refused: [email: string, code: string, passwords: string[]][] = [
    [
      'ann@example.com',
      'password_too_common',
      ['12345678', 'password', 'PassWord1', 'ｐａｓｓｗｏｒｄ', 'qwertyuiop', 'QWERTYUIOP', '1q2w3e4r', '1234567890'],
    ],
    [
      'Anna.Smith85@Shop-Of-Mine.test',
      'password_too_personal',
      // prettier-ignore
      [
        'anna2024', 'Anna!!!!', '2024anna', 'A.n.n.a.2.0.2.4', 'annasmith', 'Smith, Anna', 'anna.smith85', 'smithsmith',
        'ＡＮＮＡ２０２４', 'anna.smith85@shop-of-mine.test', 'shop-of-mine', 'ShopOfMine1', 'anna@mine.2024',
      ],
    ],
    ['jo@ab.io', 'password_too_personal', ['jo@ab.io!', 'JO@AB.IO 1']],
    ['79161234567@mail.test', 'password_too_personal', ['79161234567', '7916-123-45-67', '79161234567!']],
    [
      'ann@example.com',
      'password_too_personal',
      ['Gatehouse123!', 'accounts2024', 'accounts.example.com', 'EXAMPLE-0'],
    ],
    ['почта@пример.испытание', 'password_too_personal', ['ПОЧТА2024', 'Пример-Почта', 'испытание']],
  ]
  for (const [email, code, passwords] of refused) {
    it(`refuses passwords like ${String(passwords[0])} for ${email}: ${code}`, () => {
      for (const password of passwords)
        assert.deepEqual(errorsOf(password, email, rules), [`/password ${code}`], password)
    })
  }

  // prettier-ignore
  const good = [
    'correct horse battery staple', 'anna likes 3 horses', 'gatehouse of the seven winds', 'my example of a password',
    'hannah montague', 'smithereens', 'xK9$anna-vq', 'пароль из слов', '83920175640', '😀'.repeat(8), ' '.repeat(8),
  ]
  it('accepts passphrases, parts of words, and numbers', () => {
    for (const password of good) assert.deepEqual(errorsOf(password, 'anna.smith@example.com', rules), [], password)
    assert.deepEqual(errorsOf('a83620175649', 'a@b.test', rules), []) // one letter is no word
  })

  it('explains each refusal in one sentence', () => {
    for (const [password, sentence] of [
      ['12345678', 'The password is one of the common ones, which are guessed first.'],
      ['gatehouse', 'The password must be more than the email address, the name of the service, digits and signs.'],
    ] as const) {
      const check = () => {
        checkNewPassword({ password }, 'ann@example.com', rules)
      }
      assert.throws(check, (error) => error instanceof Problem && error.errors?.[0]?.detail === sentence)
    }
  })

  it('has more than the 3,000 most common passwords (ASVS 6.2.4)', () => {
    assert.ok((rules.blockList?.passwords.size ?? 0) > 10_000)
    assert.match(rules.blockList?.label ?? '', /^block list of \d{5} common ones$/)
  })

  it('checks the longest password and address within 2 ms', () => {
    const words = ['correct horse battery staple', '12345678', `${'a'.repeat(255)}x`, `${'a.'.repeat(100)}@x.test`]
    const email = `aaa.aaaa.aaaaa.aaaaaa@${'abc.'.repeat(45)}test`
    const began = performance.now()
    for (let round = 0; round < 250; round++) for (const word of words) errorsOf(word, email, rules)
    const each = (performance.now() - began) / 1000
    assert.ok(each < 2, `${each.toFixed(3)} ms each`)
  })

  describe('a block list from a file', () => {
    let folder: string

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-list-'))
    })
    after(() => rm(folder, { recursive: true }))

    const load = async (text: string) => {
      const passwordBlockList = join(folder, 'list.txt')
      await writeFile(passwordBlockList, text)
      return loadPasswordRules({ ...settings, passwordBlockList })
    }

    it('replaces the built-in list; each line is a password, including spaces', async () => {
      const own = await load('\uFEFFCorrect Horse Battery\r\nпароль123\n  spaces \nshort\n')
      assert.equal(own.blockList?.label, `block list of 3 from ${join(folder, 'list.txt')}`)
      for (const password of ['correct horse battery', 'ПАРОЛЬ123', '  Spaces '])
        assert.deepEqual(errorsOf(password, 'ann@example.com', own), ['/password password_too_common'])
      for (const password of ['12345678', 'spaces  ']) assert.deepEqual(errorsOf(password, 'ann@example.com', own), [])
      assert.deepEqual(errorsOf('gatehouse1', 'ann@example.com', own), ['/password password_too_personal'])
    })

    it('is refused if the file is missing, is a folder or contains no password', async () => {
      const hint = /: PASSWORD_BLOCK_LIST takes on, off or the path of a text file with one password a line\.$/
      for (const [attempt, reason] of [
        [() => load(''), /has no password of 8 characters or more from .*list\.txt/],
        [() => load('short\n\n'), /has no password of 8 characters or more from .*list\.txt/],
        [() => loadPasswordRules({ ...settings, passwordBlockList: join(folder, 'none') }), /\(ENOENT/],
        [() => loadPasswordRules({ ...settings, passwordBlockList: folder }), /\(EISDIR/],
      ] as const) {
        await assert.rejects(attempt, (error) => {
          assert(error instanceof StartError)
          assert.match(error.message, hint)
          assert.match(error.message, reason)
          return true
        })
      }
    })
  })
})
