import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseEmailAddress, requireEmailAddress } from '../../src/domain/emailAddress.ts'
import { around, describeFuzz, holds, nearly, problemOf } from '../support/fuzz.ts'

const local = fc.oneof(
  fc.constantFrom(
    'anne',
    'anne.marie+tag',
    "o'brien",
    'Ångström',
    'ΟΔΟΣ',
    'почта',
    '用户',
    'J\u030c',
    'Ⱥ'.repeat(32),
    'a'.repeat(64),
  ),
  fc.string({
    unit: fc.constantFrom(...Array.from('abzABZ019.!#$%&+-_~éÉßñКшς\u0301\u030c\u0307İıȺ用')),
    minLength: 1,
    maxLength: 12,
  }),
)
const label = fc.oneof(
  fc.constantFrom(
    'example',
    'EXAMPLE',
    'bücher',
    'xn--bcher-kva',
    'пример',
    'faß',
    '例え',
    'ｅxample',
    'sub.example',
    'x'.repeat(63),
  ),
  fc.string({ unit: fc.constantFrom(...Array.from('abzAZ09-éßİıς\u0301\u200d例ﬁ')), minLength: 1, maxLength: 10 }),
)
const address = fc
  .tuple(
    local,
    fc.constantFrom('@', '@', '@', '＠', '﹫'),
    label,
    fc.constantFrom('.', '.', '。', '．'),
    fc.constantFrom('com', 'COM', 'рф', 'xn--p1ai', 'c'),
  )
  .map((parts) => parts.join(''))

describeFuzz('email addresses', () => {
  it('are read or are none, whatever the text: never another error (security 25)', () =>
    holds(around(address), ['read', 'none'], async (text) => {
      const problem = await problemOf(() => requireEmailAddress(text), 'invalid')
      assert.equal(problem === undefined, parseEmailAddress(text) !== undefined)
      return problem ? 'none' : 'read'
    }))

  it('that are read are a fixed point of reading, as stored and as shown (security 26)', () =>
    holds(around(address), ['read', 'none'], (text) => {
      const read = parseEmailAddress(text)
      if (!read) return 'none'
      assert.deepEqual(parseEmailAddress(read.email), read)
      assert.equal(parseEmailAddress(read.address)?.address, read.address)
      return 'read'
    }))

  it('are one recipient in one line: one @, a domain in ASCII, no space, quote, list or control character (security 25)', () =>
    holds(around(address), ['read', 'none'], (text) => {
      const read = parseEmailAddress(text)
      if (!read) return 'none'
      for (const one of [read.address, read.email]) {
        assert.match(one, /^[^@]+@[^@]+$/)
        assert.doesNotMatch(one, /[\s"<>()[\]\\,;:\p{C}\p{Z}]/u)
        assert.ok(one.length <= 254 && Buffer.byteLength(one.split('@')[0] ?? '') <= 64)
        assert.equal(one, one.normalize('NFKC'))
      }
      assert.match(read.address, /@[a-z0-9.-]+$/)
      return 'read'
    }))

  it('are the same or none in other cases of ASCII, other forms of Unicode and with the other at signs (security 26)', () =>
    holds(
      fc.tuple(nearly(address, 1), fc.constantFrom('upper', 'lower', 'nfd', 'wide')),
      ['same', 'none'],
      ([text, how]) => {
        const read = parseEmailAddress(text)
        if (!read) return 'none'
        const [name = '', domain = ''] = read.email.split('@')
        const upper = ascii(read.email, 'toUpperCase')
        const lower = ascii(read.email, 'toLowerCase')
        const changed = { upper, lower, nfd: `${name}@${domain.normalize('NFD')}`, wide: `${name}＠${domain}` }[how]
        const other = parseEmailAddress(changed)
        // A capital may compose where the small letter does not: such a spelling is none.
        if (!other && changed.normalize('NFKC') !== changed && (how === 'upper' || how === 'lower')) return 'none'
        assert.equal(other?.address, read.address)
        return 'same'
      },
    ))
})

function ascii(text: string, fold: 'toUpperCase' | 'toLowerCase'): string {
  return text.replace(/[a-z]/gi, (letter) => letter[fold]())
}
