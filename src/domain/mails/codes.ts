import { createHash, randomBytes } from 'node:crypto'
import { parse as parseUuid } from 'uuid'
import { findNewerCode, insertCode, lockCodes, voidOlderCodes } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import { Problem } from '../../problems.ts'

export type CodePurpose = 'activate' | 'restore' | 'confirm_email' | 'undo_email'

const hours = 3600
const days = 24 * hours

/** Seconds from the sending of a mail to the end of its code (security 21). */
const lifetimes: Record<CodePurpose, number> = {
  activate: 24 * hours,
  restore: 1 * hours,
  confirm_email: 24 * hours,
  undo_email: 7 * days,
}

export const recoveryLifetime = lifetimes.restore

/** A former address is held for as long as the code lives that undoes its change. */
export const undoLifetime = lifetimes.undo_email

/** The code of an invitation is a recovery code that waits longer: nobody asked for it a minute ago. */
export const invitationLifetime = 7 * days

const idBytes = 16
const secretBytes = 20

// What mail programs and people leave behind a link: white space, quotes, brackets and other signs, never - or _, which
// may end a code of version 0.3.0.
const glued = /[\s\p{Cf}.,:;!?'"\x60*~|/\\()<>[\]{}«»‹›‘’‚“”„–—…。，、！？；：）」』]+$/u

/**
 * Mints the code of a mail and stores its hash; the codes of earlier requests for the same purpose end (security 18, 19, 22).
 * To be called in a transaction. `about` comes back when the code is consumed; `lifetime` is in seconds.
 * @returns base64url of the user's id and 160 random bits, which ends in a letter or digit; undefined when a later request has been answered already, or the user is gone
 */
export async function mintCode(
  db: Queryable,
  purpose: CodePurpose,
  userId: string,
  mailId: string,
  { about = null, lifetime = lifetimes[purpose] }: { about?: string | null; lifetime?: number } = {},
): Promise<string | undefined> {
  const bytes = generateCode(userId)
  await db.one(lockCodes({ userId }))
  if (await db.maybeOne(findNewerCode({ userId, purpose, mailId, about }))) return undefined
  await db.query(voidOlderCodes({ userId, purpose, mailId, about }))
  if (!(await db.maybeOne(insertCode({ userId, hash: hashCode(bytes), purpose, mailId, about, lifetime }))))
    return undefined
  return bytes.toString('base64url')
}

/** Draws again, once in 32 times, what ends in - or _: a mail program takes that for punctuation and leaves it out of the link. */
function generateCode(userId: string): Buffer {
  for (;;) {
    const bytes = Buffer.concat([parseUuid(userId), randomBytes(secretBytes)])
    if (!/[-_]$/.test(bytes.toString('base64url'))) return bytes
  }
}

/**
 * Takes a mailed code apart. White space and punctuation after it are ignored: mail programs glue them to links.
 * @throws Problem code_invalid when it cannot be one of ours
 */
export function readCode(text: string): { userId: string; hash: Uint8Array } {
  const code = decode(decode(text)).replace(glued, '')
  const bytes = Buffer.from(code, 'base64url')
  if (bytes.length !== idBytes + secretBytes || bytes.toString('base64url') !== code)
    throw new Problem('code_invalid', { cause: 'malformed' })
  return { userId: formatId(bytes), hash: hashCode(bytes) }
}

/** Decodes once what was percent-encoded: a link may have been encoded again on its way. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Any 16 bytes are an id that may be nobody's; uuid's own stringify throws unless they are a UUID of a known version. */
function formatId(bytes: Buffer): string {
  return bytes.toString('hex', 0, idBytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function hashCode(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
