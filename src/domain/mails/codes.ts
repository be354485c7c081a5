import { createHash, randomBytes } from 'node:crypto'
import { parse as parseUuid } from 'uuid'
import { findNewerCode, insertCode, lockCodes, voidOlderCodes } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'

export type CodePurpose = 'activate' | 'restore' | 'confirm_email' | 'undo_email'

const hours = 3600
const days = 24 * hours

/** Seconds from the minting of a code to its expiry (security 21). */
const lifetimes: Record<CodePurpose, number> = {
  activate: 24 * hours,
  restore: 1 * hours,
  confirm_email: 24 * hours,
  undo_email: 7 * days,
}

/** The lifetime of an activation code, in seconds. */
export const activationLifetime = lifetimes.activate

/** The lifetime of a recovery code, in seconds. */
export const recoveryLifetime = lifetimes.restore

/**
 * The lifetime of an undo code, in seconds. A former email address is held for as long as its code can undo the
 * change.
 */
export const undoLifetime = lifetimes.undo_email

/**
 * The lifetime of the recovery code in an invitation, in seconds. It is longer than the lifetime of other recovery
 * codes, because the recipient did not request the mail.
 */
export const invitationLifetime = 7 * days

const idBytes = 16
const secretBytes = 20

// Mail programs and users leave white space, quotes, brackets and other punctuation after a link. The pattern does
// not contain the signs - and _, because a code of version 0.3.0 may end in one of them.
const trailingPunctuation = /[\s\p{Cf}.,:;!?'"\x60*~|/\\()<>[\]{}«»‹›‘’‚“”„–—…。，、！？；：）」』]+$/u

/**
 * Generates the code for an email and stores the code’s hash. It voids the codes of earlier requests for the same
 * purpose (security 18, 19, 22). If a later request already has a code, it mints none: `findNewerCode` in
 * sql/queries/codes.sql decides.
 * @param db a transaction
 * @param options.subjectId the id of the email change to which the code belongs; `consumeCode` returns this id as
 * `about`
 * @param options.lifetime the lifetime of the code in seconds
 * @returns the code: base64url of the user's id and 160 random bits. Undefined if a later request has a code, or if
 * the user is deleted
 */
export async function mintCode(
  db: Queryable,
  purpose: CodePurpose,
  userId: string,
  mailId: string,
  { subjectId: about = null, lifetime = lifetimes[purpose] }: { subjectId?: string | null; lifetime?: number } = {},
): Promise<string | undefined> {
  const bytes = generateCode(userId)
  await db.one(lockCodes({ userId }))
  if (await db.maybeOne(findNewerCode({ userId, purpose, mailId, about }))) return undefined
  await db.query(voidOlderCodes({ userId, purpose, mailId, about }))
  if (!(await db.maybeOne(insertCode({ userId, hash: hashCode(bytes), purpose, mailId, about, lifetime }))))
    return undefined
  return bytes.toString('base64url')
}

/** Generates a code that ends in a letter or digit, because mail programs leave a - or _ at the end out of a link. */
function generateCode(userId: string): Buffer {
  for (;;) {
    const bytes = Buffer.concat([parseUuid(userId), randomBytes(secretBytes)])
    if (!/[-_]$/.test(bytes.toString('base64url'))) return bytes
  }
}

/**
 * Parses a mailed code. It ignores white space and punctuation at the end, which mail programs and users add to
 * links.
 * @throws Problem code_invalid if the text is malformed
 */
export function parseCode(text: string): { userId: string; hash: Uint8Array } {
  const code = decode(decode(text)).replace(trailingPunctuation, '')
  const bytes = Buffer.from(code, 'base64url')
  if (bytes.length !== idBytes + secretBytes || bytes.toString('base64url') !== code)
    throw new Problem('code_invalid', { cause: 'malformed' })
  return { userId: formatId(bytes), hash: hashCode(bytes) }
}

/** Decodes percent-encoding once. A mail program may have encoded the link again, so parseCode calls this twice. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Formats any 16 bytes as an id. The stringify function of uuid would throw for bytes that are no UUID of a known
 * version.
 */
function formatId(bytes: Buffer): string {
  return bytes.toString('hex', 0, idBytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function hashCode(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
