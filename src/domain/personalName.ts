// An emoji, of several code points perhaps, or a Chinese character in one of its forms: invisible characters are part of them.
const withParts = /\p{RGI_Emoji}|\p{Ideographic}[\uFE00-\uFE02\u{E0100}-\u{E01EF}]/gv
const joiner = '\\u200C\\u200D'
// The other controls, U+0000 to U+001F, are the contract's to refuse, by a pattern.
const hidden = new RegExp(
  String.raw`[[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\x80-\x9F\uFFF9-\uFFFB]--[${joiner}]]`,
  'v',
)
const joinsNothing = new RegExp(String.raw`(?:^|[\s${joiner}])[${joiner}]`, 'v')

const maxLength = 300 // in UTF-16, of the 150 characters that the contract allows: it refuses what is longer

/**
 * Tells whether a name shows as it is: without characters that are invisible, start a new line or turn text around
 * (security 104). The joiners of Persian, Indian languages and emoji are allowed behind another character.
 */
export function isPersonalName(text: string): boolean {
  if (text.length > maxLength) return true
  return !hidden.test(text.replace(withParts, '')) && !joinsNothing.test(text)
}
