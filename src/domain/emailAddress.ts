import { domainToASCII, domainToUnicode } from 'node:url'
import { Problem } from '../problems.ts'

export type EmailAddress = {
  /** Normalised: unique in the service. */
  address: string
  /** The local part as it was given: what people see, and where mail goes. */
  email: string
}

// The dot-atom of RFC 5321 and RFC 6531; quoted local parts are refused.
const localPart = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainAsGiven = /^[\p{L}\p{N}\p{M}.-]+$/u
const domainInAscii = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

// In UTF-16 code units. A valid address has 254 at most; a decomposed one may be longer before it is folded.
const longestText = 320

/**
 * Reads an email address, normalising before validating: the domain folds by NFKC and IDNA, the local part by case;
 * a local part that NFKC would change, as given or in lower case, is refused, so that no two people can look alike (security 25, 26).
 * @returns undefined when it is not an address
 */
export function parseEmailAddress(text: string): EmailAddress | undefined {
  if (text.length > longestText) return undefined // normalization takes quadratic time (security 84)
  const [local, domain, ...more] = text.split(/[@＠﹫]/)
  if (local === undefined || domain === undefined || more.length > 0) return undefined
  const lower = local.toLowerCase() // may be longer, and compose where the capital does not
  if (!localPart.test(local) || ![local, lower].every(isPlain)) return undefined
  const folded = domain.normalize('NFKC')
  if (!domainAsGiven.test(folded)) return undefined
  const ascii = domainToASCII(folded)
  if (!domainInAscii.test(ascii)) return undefined
  const unicode = domainToUnicode(ascii)
  if (/(^|\.)xn--/.test(unicode) || !domainAsGiven.test(unicode)) return undefined // punycode that stands for nothing, or for symbols
  const read = { address: `${lower}@${ascii}`, email: `${local}@${unicode}` }
  return read.address.length <= 254 && read.email.length <= 254 ? read : undefined
}

function isPlain(local: string): boolean {
  return Buffer.byteLength(local) <= 64 && local === local.normalize('NFKC')
}

/** The normalised form of a user's own address; what was stored by other rules than today's stands for itself. */
export function normalizeEmail(email: string): string {
  return parseEmailAddress(email)?.address ?? email
}

/** @throws Problem invalid when it is not an address */
export function requireEmailAddress(text: string): EmailAddress {
  const read = parseEmailAddress(text)
  if (!read)
    throw new Problem('invalid', {
      errors: [{ pointer: '/email', code: 'format', detail: 'This is not an email address.' }],
    })
  return read
}
