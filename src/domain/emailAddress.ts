import { domainToASCII, domainToUnicode } from 'node:url'
import { Problem } from '../problems.ts'

/**
 * An email address in both of its forms. Everywhere in the code `address` is the normalized form, which is unique in
 * the service and which lookups and limits use; `email` is the address as the user typed it, which is displayed and
 * mailed to.
 */
export type EmailAddress = {
  /** Local part in lower case, domain in ASCII. */
  address: string
  /** Local part as typed, domain in Unicode. */
  email: string
}

// A dot-atom (RFC 5321, RFC 6531). Quoted local parts are refused.
const localPart = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const unicodeDomain = /^[\p{L}\p{N}\p{M}.-]+$/u
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

// The longest text that is parsed, in UTF-16 code units. A valid email address has at most 254 of them, but an email
// address with decomposed characters may be longer before it is normalized.
const maxTextLength = 320

/**
 * Parses an email address. The text is normalized before it is validated: without white space around it, the domain by
 * NFKC and IDNA, the local part to lower case. A local part that NFKC would change, as typed or in lower case, is refused, so that no two email
 * addresses look alike (security 25, 26).
 * @returns undefined if the text is not an email address
 */
export function parseEmailAddress(text: string): EmailAddress | undefined {
  if (text.length > maxTextLength) return undefined // normalization takes quadratic time (security 84)
  const [local, domain, ...more] = text.trim().split(/[@＠﹫]/)
  if (local === undefined || domain === undefined || more.length > 0) return undefined
  // The lower case of a capital letter may be longer, and NFKC may compose it although NFKC does not change the
  // capital letter.
  const lower = local.toLowerCase()
  if (!localPart.test(local) || ![local, lower].every(isPlain)) return undefined
  const composed = domain.normalize('NFKC')
  if (!unicodeDomain.test(composed)) return undefined
  const ascii = domainToASCII(composed)
  if (!asciiDomain.test(ascii)) return undefined
  const unicode = domainToUnicode(ascii)
  // Refuses Punycode that cannot be decoded, or that decodes to symbols.
  if (/(^|\.)xn--/.test(unicode) || !unicodeDomain.test(unicode)) return undefined
  const parsed = { address: `${lower}@${ascii}`, email: `${local}@${unicode}` }
  return parsed.address.length <= 254 && parsed.email.length <= 254 ? parsed : undefined
}

function isPlain(local: string): boolean {
  return Buffer.byteLength(local) <= 64 && local === local.normalize('NFKC')
}

/**
 * Normalizes a stored email address. An address that earlier rules accepted and the present rules refuse is returned
 * unchanged.
 */
export function normalizeEmail(email: string): string {
  return parseEmailAddress(email)?.address ?? email
}

/** Parses an email address. @throws Problem invalid if the text is not an email address */
export function requireEmailAddress(text: string): EmailAddress {
  const parsed = parseEmailAddress(text)
  if (!parsed)
    throw new Problem('invalid', {
      errors: [{ pointer: '/email', code: 'format', detail: 'This is not an email address.' }],
    })
  return parsed
}
