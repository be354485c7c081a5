import type { BeginMailRow } from '../../../generated/queries.ts'
import type { Queryable } from '../../db/database.ts'
import type { ComposedMail, DropReason, WriteMail } from '../composer.ts'

/**
 * Composes the mail to the email address of an erased account. After the erasure, the row of this mail is the only
 * record of the former user (security 110).
 */
export function composeAccountDeleted(
  _db: Queryable,
  { address, language: preferred, created_at: createdAt }: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  const values = { time: createdAt }
  return Promise.resolve(write('accountDeleted', { to: address, language: preferred }, values))
}
