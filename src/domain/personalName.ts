// An emoji, which may have several code points, or an ideograph with a variation selector. Both contain invisible
// characters.
const visibleSequence = /\p{RGI_Emoji}|\p{Ideographic}[\uFE00-\uFE02\u{E0100}-\u{E01EF}]/gv
const joiner = '\\u200C\\u200D'
// A pattern in openapi.yaml refuses the other control characters, U+0000 to U+001F.
const hidden = new RegExp(
  String.raw`[[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\x80-\x9F\uFFF9-\uFFFB]--[${joiner}]]`,
  'v',
)
const strayJoiner = new RegExp(String.raw`(?:^|[\s${joiner}])[${joiner}]`, 'v')

// The longest name that is checked, in UTF-16 code units. openapi.yaml refuses names of more than 150 characters, and
// a character has at most 2 code units.
const maxLength = 300

/**
 * Checks that a name is displayed as it is stored. The name must have no characters that are invisible, break the
 * line or change the direction of text (security 104). The joiners U+200C and U+200D are allowed after another
 * character, because Persian, Indian languages and emoji need them.
 */
export function isPersonalName(text: string): boolean {
  if (text.length > maxLength) return true
  return !hidden.test(text.replace(visibleSequence, '')) && !strayJoiner.test(text)
}
