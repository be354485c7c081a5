import { Problem } from '../../problems.ts'
import { requireEmailAddress, type EmailAddress } from '../emailAddress.ts'

// The scripts in common use today (UAX 31, table 5). Others, such as Cherokee, have too many letters that look Latin.
const scripts =
  'Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan'
// Scripts that are written together (UTS 39, "highly restrictive").
const combinations = ['Latin Han Hiragana Katakana', 'Latin Han Bopomofo', 'Latin Han Hangul']
const writingSystems = [...scripts.split(' '), ...combinations].map(
  (names) =>
    new RegExp(
      `^[!-@[-\`{-~${names.replace(/\w+/g, '\\p{Script_Extensions=$&}').replaceAll(' ', '')}\\p{scx=Inherited}]*$`,
      'u',
    ),
)

const invisible = /\p{Default_Ignorable_Code_Point}/u
// The letters, digits and marks of an identifier (RFC 8264, 4.2).
const identifier = /^[!-~\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}]+$/u
// Hangul letters that form no syllable.
const conjoiningHangul = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u
// Invisible marks: without a letter, twice on one letter, or a dot on a letter that has a dot (UTS 39, 5.4).
const hiddenMark = /(?:^|[!-@[-`{-~])\p{M}|(\p{Mn})\1|[\p{Soft_Dotted}lıȷ]\p{M}*\u0307/u
// Right-to-left text that begins with a digit or sign looks like one that ends with it (RFC 5893, 2).
const reorderedText = /^\P{L}.*[\p{scx=Arabic}\p{scx=Hebrew}\p{scx=Thaana}]/u

/**
 * Parses an address that an account does not have yet. It is stricter than requireEmailAddress, so that few addresses
 * look alike; stored addresses need not satisfy it. A local part is an identifier as in PRECIS (RFC 8265), in one
 * script and with the digits of one numbering system. A tag after a + may be in another script ("иван+shop"). Words
 * of different scripts that look the same (Cyrillic "аер", Latin "aep") are accepted: no rule about one address can
 * distinguish them.
 * @throws Problem invalid
 */
export function requireNewEmailAddress(text: string): EmailAddress {
  const emailAddress = requireEmailAddress(text)
  if (!isUnambiguous(emailAddress.address) || !isUnambiguous(emailAddress.email) || invisible.test(text)) {
    const detail = 'This address has invisible characters, or mixes letters or digits of several scripts.'
    throw new Problem('invalid', { errors: [{ pointer: '/email', code: 'format', detail }] })
  }
  return emailAddress
}

/** Checks one form of an address; the normalized and the typed form differ in case. */
function isUnambiguous(address: string): boolean {
  const local = address.slice(0, address.lastIndexOf('@'))
  return (
    identifier.test(local) &&
    [invisible, conjoiningHangul, hiddenMark, reorderedText].every((pattern) => !pattern.test(local)) &&
    local.split('+').every(isOneScript)
  )
}

function isOneScript(text: string): boolean {
  const zeros = new Set((text.match(/\p{Nd}/gu) ?? []).map(zeroOf))
  return zeros.size <= 1 && writingSystems.some((system) => system.test(text))
}

/** Returns the zero of a digit's numbering system. The ten digits of a system have consecutive code points. */
function zeroOf(digit: string): number {
  let point = digit.codePointAt(0) ?? 0
  while (/\p{Nd}/u.test(String.fromCodePoint(point - 1))) point--
  return point
}
