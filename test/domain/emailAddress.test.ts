import assert from 'node:assert/strict'
import { parseEmailAddress, requireEmailAddress } from '../../src/domain/emailAddress.ts'
import { Problem } from '../../src/problems.ts'

const label = 'x'.repeat(63)
const longDomain = `${label}.${label}.${label}`

describe('parseEmailAddress (security 25, 26)', () => {
  for (const [text, address, email] of [
    ['test@example.com', 'test@example.com', 'test@example.com'],
    ['Test.User@EXAMPLE.Com', 'test.user@example.com', 'Test.User@example.com'],
    ['a+tag@example.com', 'a+tag@example.com', 'a+tag@example.com'],
    [
      "o'brien!#$%&*=?^_`{|}~-/@example.com",
      "o'brien!#$%&*=?^_`{|}~-/@example.com",
      "o'brien!#$%&*=?^_`{|}~-/@example.com",
    ],
    [' test@example.com\n', 'test@example.com', 'test@example.com'],
    ['\u3000test@example.com\u00a0', 'test@example.com', 'test@example.com'],
    ['test＠example.com', 'test@example.com', 'test@example.com'],
    ['test@ｅｘａｍｐｌｅ．com', 'test@example.com', 'test@example.com'],
    ['test@example.\u212Aom', 'test@example.kom', 'test@example.kom'],
    ['ТЕСТ@Пример.Испытание', 'тест@xn--e1afmkfd.xn--80akhbyknj4f', 'ТЕСТ@пример.испытание'],
    ['тест@xn--e1afmkfd.xn--80akhbyknj4f', 'тест@xn--e1afmkfd.xn--80akhbyknj4f', 'тест@пример.испытание'],
    ['я@почта.рф', 'я@xn--80a1acny.xn--p1ai', 'я@почта.рф'],
    ['x@bücher.example', 'x@xn--bcher-kva.example', 'x@bücher.example'],
    ['x@BÜCHER.example'.normalize('NFD'), 'x@xn--bcher-kva.example', 'x@bücher.example'],
    [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
  ] as const) {
    it(`normalizes ${text.slice(0, 40)}`, () => {
      assert.deepEqual(parseEmailAddress(text), { address, email })
    })
  }

  for (const text of [
    '',
    '@',
    'test',
    'test@',
    '@example.com',
    'test@example',
    'a@b@example.com',
    'a@b＠example.com',
    'test@example.com\r\nBcc: x@example.com',
    'te\u0000st@example.com',
    ' ',
    'te st@example.com',
    'test@exa mple.com',
    'test@example.com,x@example.com',
    'Test <test@example.com>',
    '"te st"@example.com',
    'te"st@example.com',
    '.test@example.com',
    'test.@example.com',
    'te..st@example.com',
    'test@.example.com',
    'test@example..com',
    'test@example.com.',
    'test@-example.com',
    'test@example-.com',
    'test@[127.0.0.1]',
    'test@127.0.0.1',
    'test@example.123',
    'test@exam_ple.com',
    'test@example.com/x',
    'test@example.com?x',
    'test@example.com#x',
    'test@example.com:25',
    'test@%65xample.com',
    'x:y@example.com',
    '\u212Aelvin@example.com',
    'ｔｅｓｔ@example.com',
    'ﬁ@example.com',
    `e\u0301@example.com`,
    'te\u200Bst@example.com',
    'te\u202Est@example.com',
    'test@exam\u200Bple.com',
    'test@xn--a.com',
    'test@xn--bcherkva.com',
    'J\u030c@example.com',
    `${'Ⱥ'.repeat(32)}@example.com`,
    'test@xn--e1afmkfd-.com',
    'te\ud800st@example.com',
    'test(comment)@example.com',
    'te\\st@example.com',
    'te;st@example.com',
    `${'x'.repeat(65)}@example.com`,
    `${'я'.repeat(33)}@example.com`,
    `test@${'x'.repeat(64)}.com`,
    `${'x'.repeat(64)}@${longDomain}.com`,
  ]) {
    it(`refuses ${JSON.stringify(text).slice(0, 50)}`, () => {
      assert.equal(parseEmailAddress(text), undefined)
      assert.throws(
        () => requireEmailAddress(text),
        (error) => error instanceof Problem && error.errors?.[0]?.pointer === '/email',
      )
    })
  }

  it('returns the same email address for the normalized and the typed form', () => {
    for (const text of [
      'Test@EXAMPLE.com',
      'ТЕСТ@Пример.Испытание',
      'İ@example.com',
      'STRASSE@faß.example',
      'ΑΣ@example.com',
    ]) {
      const parsed = requireEmailAddress(text)
      assert.equal(requireEmailAddress(parsed.email).address, parsed.address)
      assert.equal(requireEmailAddress(parsed.address).address, parsed.address)
    }
  })
})
