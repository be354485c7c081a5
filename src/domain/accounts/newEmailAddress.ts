import { Problem } from '../../problems.ts'
import { requireEmailAddress, type EmailAddress } from '../emailAddress.ts'

// The scripts in common use today (UAX 31, table 5). Others, Cherokee for example, have too many twins of Latin letters.
const scripts =
  'Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan'
// What is written together (UTS 39, "highly restrictive").
const combinations = ['Latin Han Hiragana Katakana', 'Latin Han Bopomofo', 'Latin Han Hangul']
const writingSystems = [...scripts.split(' '), ...combinations].map(
  (names) =>
    new RegExp(
      `^[!-@[-\`{-~${names.replace(/\w+/g, '\\p{Script_Extensions=$&}').replaceAll(' ', '')}\\p{scx=Inherited}]*$`,
      'u',
    ),
)

const invisible = /\p{Default_Ignorable_Code_Point}/u
// The letters, digits and marks of an identifier (RFC 8264, 4.2), without the Hangul letters that make no syllable.
const identifier = /^[!-~\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}]+$/u
const conjoiningHangul = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u
// Marks that do not show: without a letter, twice on one letter, or a dot on a letter that has one (UTS 39, 5.4).
const hiddenMark = /(?:^|[!-@[-`{-~])\p{M}|(\p{Mn})\1|[\p{Soft_Dotted}lıȷ]\p{M}*\u0307/u
// Text from right to left that begins with a digit or sign looks like another that ends with it (RFC 5893, 2).
const reordered = /^\P{L}.*[\p{scx=Arabic}\p{scx=Hebrew}\p{scx=Thaana}]/u

/**
 * Reads the address of a new account, or a new one for an account: stricter than requireAddress, so that addresses that
 * look alike are few. A local part is an identifier in the sense of PRECIS (RFC 8265), in one script and with the digits
 * of one numbering system; a tag behind a + may be in another one ("иван+shop"). Addresses that were stored earlier are still read by requireAddress.
 * Two scripts with the same shapes (Cyrillic "аер", Latin "aep") stay possible: no rule about one address can tell.
 * @throws Problem invalid
 */
export function requireNewEmailAddress(text: string): EmailAddress {
  const to = requireEmailAddress(text)
  if (!isUnambiguous(to.address) || !isUnambiguous(to.email) || invisible.test(text)) {
    const detail = 'This address has invisible characters, or mixes letters or digits of several scripts.'
    throw new Problem('invalid', { errors: [{ pointer: '/email', code: 'format', detail }] })
  }
  return to
}

/** As it is stored and as it is shown: the two differ in case. */
function isUnambiguous(address: string): boolean {
  const local = address.slice(0, address.lastIndexOf('@'))
  return (
    identifier.test(local) &&
    [invisible, conjoiningHangul, hiddenMark, reordered].every((doubtful) => !doubtful.test(local)) &&
    local.split('+').every(isOneScript)
  )
}

function isOneScript(text: string): boolean {
  const zeros = new Set((text.match(/\p{Nd}/gu) ?? []).map(zeroOf))
  return zeros.size <= 1 && writingSystems.some((system) => system.test(text))
}

/** The zero of a digit's numbering system, whose ten digits follow one another. */
function zeroOf(digit: string): number {
  let point = digit.codePointAt(0) ?? 0
  while (/\p{Nd}/u.test(String.fromCodePoint(point - 1))) point--
  return point
}
