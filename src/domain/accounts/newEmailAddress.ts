import { Problem } from '../../problems.ts'
import { requireEmailAddress, type EmailAddress } from '../emailAddress.ts'

// The scripts in common use today (UAX 31, table 5). Other scripts, such as Cherokee, have too many letters that look
// like Latin letters.
const scripts =
  'Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan'
// Combinations of scripts that are written together (UTS 39, "highly restrictive").
const combinations = ['Latin Han Hiragana Katakana', 'Latin Han Bopomofo', 'Latin Han Hangul']
const writingSystems = [...scripts.split(' '), ...combinations].map(
  (names) =>
    new RegExp(
      `^[!-@[-\`{-~${names.replace(/\w+/g, '\\p{Script_Extensions=$&}').replaceAll(' ', '')}\\p{scx=Inherited}]*$`,
      'u',
    ),
)

const invisible = /\p{Default_Ignorable_Code_Point}/u
// The characters of an identifier: letters, digits, marks (RFC 8264, 4.2) and visible ASCII.
const identifier = /^[!-~\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}]+$/u
// Hangul letters that are not composed to a syllable.
const conjoiningHangul = /[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u
// Marks that a reader cannot see: a mark without a letter, the same mark twice on one letter, or a dot on a letter
// that has a dot already (UTS 39, 5.4).
const hiddenMark = /(?:^|[!-@[-`{-~])\p{M}|(\p{Mn})\1|[\p{Soft_Dotted}lıȷ]\p{M}*\u0307/u
// Right-to-left text that begins with a digit or sign is displayed like text that ends with the same digit or sign
// (RFC 5893, 2).
const reorderedText = /^\P{L}.*[\p{scx=Arabic}\p{scx=Hebrew}\p{scx=Thaana}]/u

/**
 * Parses an email address that a client wants to give to an account. This function is stricter than
 * requireEmailAddress, so that few email addresses look alike. Email addresses that are already stored do not have to
 * satisfy these rules. The local part must be an identifier as in PRECIS (RFC 8265), in one script and with the
 * digits of one numbering system. A tag after a + may be in another script ("иван+shop"). Words of different scripts
 * that look the same (Cyrillic "аер", Latin "aep") are accepted, because no rule about a single email address can
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

/** Checks one form of an email address. The normalized form and the typed form differ in case. */
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

/** Returns the zero of a digit's numbering system. The ten digits of such a system have consecutive code points. */
function zeroOf(digit: string): number {
  let point = digit.codePointAt(0) ?? 0
  while (/\p{Nd}/u.test(String.fromCodePoint(point - 1))) point--
  return point
}
