import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseEmailAddress, requireEmailAddress } from '../../src/domain/emailAddress.ts'
import { around, describeFuzz, holds, nearly, problemOf } from '../support/fuzz.ts'

// prettier-ignore
const local = fc.oneof(
  fc.constantFrom(
    'anne', 'anne.marie+tag', "o'brien", 'Ångström', 'ΟΔΟΣ', 'почта', '用户', 'J\u030c', 'Ⱥ'.repeat(32), 'a'.repeat(64),
  ),
  fc.string({
    unit: fc.constantFrom(...Array.from('abzABZ019.!#$%&+-_~éÉßñКшς\u0301\u030c\u0307İıȺ用')),
    minLength: 1,
    maxLength: 12,
  }),
)
// prettier-ignore
const label = fc.oneof(
  fc.constantFrom(
    'example', 'EXAMPLE', 'bücher', 'xn--bcher-kva', 'пример', 'faß', '例え', 'ｅxample', 'sub.example', 'x'.repeat(63),
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

describeFuzz('email addresses (security 25, 26)', () => {
  it('are parsed, or refused with Problem invalid', () =>
    holds(around(address), ['parsed', 'refused'], async (text) => {
      const problem = await problemOf(() => requireEmailAddress(text), 'invalid')
      assert.equal(problem === undefined, parseEmailAddress(text) !== undefined)
      return problem ? 'refused' : 'parsed'
    }))

  it('parse to the same address when the typed or normalized result is parsed again', () =>
    holds(around(address), ['parsed', 'refused'], (text) => {
      const parsed = parseEmailAddress(text)
      if (!parsed) return 'refused'
      assert.deepEqual(parseEmailAddress(parsed.email), parsed)
      assert.equal(parseEmailAddress(parsed.address)?.address, parsed.address)
      return 'parsed'
    }))

  it('contain one recipient, and no spaces, quotes, line breaks or control characters', () =>
    holds(around(address), ['parsed', 'refused'], (text) => {
      const parsed = parseEmailAddress(text)
      if (!parsed) return 'refused'
      for (const one of [parsed.address, parsed.email]) {
        assert.match(one, /^[^@]+@[^@]+$/)
        assert.doesNotMatch(one, /[\s"<>()[\]\\,;:\p{C}\p{Z}]/u)
        assert.ok(one.length <= 254 && Buffer.byteLength(one.split('@')[0] ?? '') <= 64)
        assert.equal(one, one.normalize('NFKC'))
      }
      assert.match(parsed.address, /@[a-z0-9.-]+$/)
      return 'parsed'
    }))

  it('are normalized alike in any case, Unicode form and form of @, or are refused', () =>
    holds(
      fc.tuple(nearly(address, 1), fc.constantFrom('upper', 'lower', 'nfd', 'wide')),
      ['equal', 'refused'],
      ([text, form]) => {
        const parsed = parseEmailAddress(text)
        if (!parsed) return 'refused'
        const [name = '', domain = ''] = parsed.email.split('@')
        const upper = ascii(parsed.email, 'toUpperCase')
        const lower = ascii(parsed.email, 'toLowerCase')
        const changed = { upper, lower, nfd: `${name}@${domain.normalize('NFD')}`, wide: `${name}＠${domain}` }[form]
        const other = parseEmailAddress(changed)
        // An address is refused if NFKC composes its letters in one case but not in the other.
        if (!other && changed.normalize('NFKC') !== changed && (form === 'upper' || form === 'lower')) return 'refused'
        assert.equal(other?.address, parsed.address)
        return 'equal'
      },
    ))
})

function ascii(text: string, fold: 'toUpperCase' | 'toLowerCase'): string {
  return text.replace(/[a-z]/gi, (letter) => letter[fold]())
}
